/// Where everything of a diagram stands on paper.
///
/// Containers are laid out before what they are in, each on a sheet of its own, and then put in
/// place from the outside. An arrow is drawn on the sheet where its ends' containers meet.
struct DiagramLayout {
    /// The space around a sheet, and the height of a container's head.
    static let margin = (paper: 24.0, container: 18.0, head: 34.0)

    /// The place of each box.
    private(set) var areas: [Area]
    /// The way of each arrow.
    private(set) var routes: [Route]
    /// The label of each arrow: what the arrow says, and whose it is if that cannot be seen.
    private(set) var labels: [String]
    private(set) var extent = Extent(width: 0, height: 0)

    private let diagram: Diagram
    private let crossings: [Crossing]

    init(_ diagram: Diagram) {
        self.diagram = diagram
        areas = diagram.boxes.map { box in
            let extent = box.extent
            return Area(x: 0, y: 0, width: extent.width, height: extent.height)
        }
        routes = diagram.arrows.map { _ in Route(from: Point(x: 0, y: 0)) }
        let crossings = diagram.crossings()
        self.crossings = crossings
        labels = zip(diagram.arrows, crossings).map { diagram.label(of: $0, drawnAs: $1) }
        let arrows = Dictionary(grouping: crossings.indices) { crossings[$0].container }
        let order = diagram.outsideIn
        for container in order.reversed() where !diagram.boxes[container].children.isEmpty {
            layOut(diagram.boxes[container].children, in: container, arrows[container] ?? [])
        }
        layOut(diagram.roots, in: nil, arrows[nil] ?? [])
        for container in order {
            var way = Point(x: areas[container].x, y: areas[container].y)
            way.y += Self.margin.head - Self.margin.container
            moveSheet(of: diagram.boxes[container].children, arrows[container] ?? [], by: way)
        }
    }

    /// Lays out a sheet at zero, and gives its container its size.
    private mutating func layOut(_ boxes: [Int], in container: Int?, _ arrows: [Int]) {
        var positions: [Int: Int] = [:]
        for (position, box) in boxes.enumerated() { positions[box] = position }
        let items = boxes.map { box in
            SheetItem(
                extent: Extent(width: areas[box].width, height: areas[box].height),
                shape: diagram.boxes[box].children.isEmpty ? diagram.boxes[box].shape : .frame
            )
        }
        let links = arrows.map { arrow in
            SheetLink(
                source: positions[crossings[arrow].source, default: 0],
                target: positions[crossings[arrow].target, default: 0],
                label: labels[arrow].labelExtent
            )
        }
        let sheet = Sheet(items, links)
        let margin = container == nil ? Self.margin.paper : Self.margin.container
        var whole = Extent(
            width: sheet.extent.width + 2 * margin,
            height: sheet.extent.height + 2 * margin
        )
        var way = Point(x: margin, y: margin)
        if let container {
            whole.height += Self.margin.head - margin
            let least = diagram.boxes[container].headWidth
            way.x += max(0, least - whole.width) / 2
            whole.width = max(whole.width, least)
            areas[container].width = whole.width
            areas[container].height = whole.height
        } else {
            extent = whole
        }
        for (position, box) in boxes.enumerated() {
            areas[box].x = sheet.areas[position].x + way.x
            areas[box].y = sheet.areas[position].y + way.y
        }
        for (route, arrow) in zip(sheet.routes, arrows) {
            routes[arrow] = route
            routes[arrow].move(by: way)
        }
    }

    private mutating func moveSheet(of boxes: [Int], _ arrows: [Int], by way: Point) {
        for box in boxes { areas[box].move(by: way) }
        for arrow in arrows { routes[arrow].move(by: way) }
    }
}
