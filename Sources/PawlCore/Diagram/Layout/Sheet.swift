/// A box, as the layout of the sheet that it is on sees it.
struct SheetItem {
    let extent: Extent
    let shape: Diagram.Shape
}

/// An arrow between two items of one sheet.
struct SheetLink {
    let source: Int
    let target: Int
    /// The room that its label takes.
    let label: Extent?
}

/// The inside of a container, or what is outside of all, laid out.
///
/// 1. Items that links join stand in layers, from top to bottom, as ``Ranking`` and ``Layering``
///    have it.
/// 2. Links lead down through the layers; those that close a cycle lead up along the side.
/// 3. Items that nothing joins stand in rows, to the right of the others.
struct Sheet {
    /// The place of each item.
    private(set) var areas: [Area]
    /// The way of each link.
    private(set) var routes: [Route]
    private(set) var extent = Extent(width: 0, height: 0)

    init(_ items: [SheetItem], _ links: [SheetLink]) {
        areas = items.map {
            Area(x: 0, y: 0, width: $0.extent.width, height: $0.extent.height)
        }
        routes = []
        var isJoined = Array(repeating: false, count: items.count)
        for link in links {
            isJoined[link.source] = true
            isJoined[link.target] = true
        }
        let joined = items.indices.filter { isJoined[$0] }
        if !joined.isEmpty { layOut(joined, items, links) }
        place(items.indices.filter { !isJoined[$0] })
    }

    private mutating func layOut(_ joined: [Int], _ items: [SheetItem], _ links: [SheetLink]) {
        var positions = Array(repeating: 0, count: items.count)
        for (position, item) in joined.enumerated() { positions[item] = position }
        let members = joined.map { items[$0] }
        let links = links.map {
            SheetLink(
                source: positions[$0.source],
                target: positions[$0.target],
                label: $0.label
            )
        }
        let ranking = Ranking(count: members.count, links: links)
        var layering = Layering(members, links, ranking)
        layering.order()
        layering.place()
        layering.straighten(links)
        var router = Router(members, links, layering)
        router.lead()
        for (position, item) in joined.enumerated() { areas[item] = router.areas[position] }
        routes = router.routes
        measure(joined, links)
    }

    /// Moves everything so that it begins at zero, and takes its size.
    private mutating func measure(_ joined: [Int], _ links: [SheetLink]) {
        var least = Point(x: .infinity, y: .infinity)
        var most = Point(x: -.infinity, y: -.infinity)
        func include(_ x: Double, _ y: Double) {
            least = Point(x: min(least.x, x), y: min(least.y, y))
            most = Point(x: max(most.x, x), y: max(most.y, y))
        }
        for item in joined {
            include(areas[item].x, areas[item].y)
            include(areas[item].right, areas[item].bottom)
        }
        for (route, link) in zip(routes, links) {
            for point in route.points { include(point.x, point.y) }
            guard let middle = route.label, let label = link.label else { continue }
            include(middle.x - label.width / 2, middle.y - label.height / 2)
            include(middle.x + label.width / 2, middle.y + label.height / 2)
        }
        let way = Point(x: -least.x, y: -least.y)
        for item in joined { areas[item].move(by: way) }
        for index in routes.indices { routes[index].move(by: way) }
        extent = Extent(width: most.x - least.x, height: most.y - least.y)
    }

    /// Puts items in rows: in one if they are few, else in as many as make a sheet rather wide.
    private mutating func place(_ items: [Int]) {
        guard !items.isEmpty else { return }
        let space = 28.0
        let columns =
            extent.width > 0
            ? max(1, Int(Double(items.count).squareRoot() / 2))
            : items.count <= 5
                ? items.count : Int(Double(items.count * 2).squareRoot().rounded(.up))
        let left = extent.width > 0 ? extent.width + 40 : 0
        var (top, right) = (0.0, 0.0)
        for start in stride(from: 0, to: items.count, by: columns) {
            let row = items[start..<min(start + columns, items.count)]
            let height = row.map { areas[$0].height }.max() ?? 0
            var x = left
            for item in row {
                areas[item].x = x
                areas[item].y = top + min(16, (height - areas[item].height) / 2)
                x = areas[item].right + space
            }
            right = max(right, x - space)
            top += height + space
        }
        extent = Extent(width: max(extent.width, right), height: max(extent.height, top - space))
    }
}
