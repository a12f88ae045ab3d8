/// Gives the items of a layering their height, and leads its links.
struct Router {
    /// The least space between layers; with labels, above and below their layer.
    private static let gap = (plain: 46.0, besideLabels: 24.0)

    /// The most that a link may be beside its place.
    private static let smallStep = 8.0

    let items: [SheetItem]
    let links: [SheetLink]
    let layering: Layering
    private(set) var areas: [Area] = []
    var routes: [Route] = []
    /// The upper and lower edge of each layer.
    private(set) var bands: [(top: Double, bottom: Double)] = []

    init(_ items: [SheetItem], _ links: [SheetLink], _ layering: Layering) {
        self.items = items
        self.links = links
        self.layering = layering
    }

    mutating func lead() {
        stack()
        let sources = ports(at: links.map(\.source)) { [layering, links] link, chain in
            layering.spots[chain.first ?? links[link].target].x
        }
        let targets = ports(at: links.map(\.target)) { [layering, links] link, chain in
            layering.spots[chain.last ?? links[link].source].x
        }
        routes = links.indices.map { link in
            guard let chain = layering.chains[link] else { return Route(from: Point(x: 0, y: 0)) }
            return route(link, along: chain, from: sources[link], to: targets[link])
        }
        leadAlongTheSide()
    }

    /// Gives each layer, and the items in it, its place from top to bottom.
    private mutating func stack() {
        let hasLabels = layering.labels.contains { $0 != nil }
        var top = 0.0
        for (index, layer) in layering.layers.enumerated() {
            let height = layer.map { layering.spots[$0].extent.height }.max() ?? 0
            bands.append((top, top + height))
            // Where links go far aside they need more height, or they would be nearly level.
            let aside = layer.flatMap { spot in
                layering.spots[spot].below.map {
                    abs(layering.spots[$0].x - layering.spots[spot].x)
                }
            }
            let slope = min(56, (aside.max() ?? 0) * 0.08)
            let gap = hasLabels ? Self.gap.besideLabels : Self.gap.plain
            top += height + gap + (hasLabels && !index.isMultiple(of: 2) ? 0 : slope)
        }
        areas = items.indices.map { item in
            let (spot, extent) = (layering.spots[item], items[item].extent)
            let band = bands[spot.layer]
            return Area(
                x: spot.x - extent.width / 2,
                // Beside a container the middle would be far from where links come from.
                y: band.top + min(16, (band.bottom - band.top - extent.height) / 2),
                width: extent.width,
                height: extent.height
            )
        }
    }

    /// By link, how far aside of its item's middle it begins or ends.
    ///
    /// Links of one item stand in the order of where they go, so that they do not cross at once.
    private func ports(
        at ends: [Int],
        towards place: (Int, [Int]) -> Double
    ) -> [Double] {
        var ports = Array(repeating: 0.0, count: links.count)
        var groups: [[(link: Int, x: Double)]] = Array(repeating: [], count: items.count)
        for link in links.indices {
            guard let chain = layering.chains[link] else { continue }
            groups[ends[link]].append((link, place(link, chain)))
        }
        for (item, group) in groups.enumerated() where group.count > 1 {
            let step = min(22, items[item].breadth / Double(group.count - 1))
            let sorted = group.sorted { ($0.x, $0.link) < ($1.x, $1.link) }
            for (position, port) in sorted.enumerated() {
                ports[port.link] = step * (Double(position) - Double(group.count - 1) / 2)
            }
        }
        return ports
    }

    private func route(
        _ link: Int,
        along chain: [Int],
        from source: Double,
        to target: Double
    ) -> Route {
        let (first, last) = (links[link].source, links[link].target)
        let start = lowerEnd(of: first, aside: source)
        let end = upperEnd(of: last, aside: target)
        var route = Route(from: start)
        var here = start
        func straight(to y: Double) {
            guard abs(y - here.y) > 0.1 else { return }
            here.y = y
            route.legs.append(.straight(to: here))
        }
        func swing(to point: Point) {
            // A small step aside is worse to look at than to end a little beside the middle.
            let isStep = abs(point.x - here.x) <= Self.smallStep
            here = isStep ? Point(x: here.x, y: point.y) : point
            route.legs.append(isStep ? .straight(to: here) : .swung(to: here))
        }
        straight(to: bands[layering.spots[first].layer].bottom)
        for spot in chain {
            let band = bands[layering.spots[spot].layer]
            // Where nothing stands there is nothing to pass.
            if band.bottom == band.top { continue }
            swing(to: Point(x: layering.spots[spot].x, y: band.top))
            straight(to: band.bottom)
            if layering.labels[link] == spot {
                route.label = Point(x: here.x, y: (band.top + band.bottom) / 2)
            }
        }
        swing(to: Point(x: end.x, y: bands[layering.spots[last].layer].top))
        straight(to: upperEnd(of: last, aside: here.x - areas[last].middle.x).y)
        return route
    }

    /// Where a link leaves the lower outline of an item.
    func lowerEnd(of item: Int, aside: Double) -> Point {
        let area = areas[item]
        return Point(
            x: area.middle.x + aside,
            y: area.bottom - items[item].recess(aside: aside)
        )
    }

    /// Where a link meets the upper outline of an item.
    func upperEnd(of item: Int, aside: Double) -> Point {
        Point(x: areas[item].middle.x + aside, y: areas[item].y + items[item].recess(aside: aside))
    }
}

extension SheetItem {
    /// How broad the part of the upper and lower outline is to which links may lead.
    var breadth: Double {
        switch shape {
        case .circle: extent.width * 0.3
        case .rectangle, .frame: extent.width - 28
        case .diamond: extent.width * 0.5
        case .hexagon, .stadium: max(10, extent.width - extent.height - 8)
        }
    }

    /// How far the outline is inside of the box's rectangle, at a distance from the middle.
    fileprivate func recess(aside: Double) -> Double {
        switch shape {
        case .diamond:
            return extent.width > 0 ? extent.height * abs(aside) / extent.width : 0
        case .circle:
            let radius = extent.height / 2
            let beyond = min(radius, max(0, abs(aside) - extent.width / 2 + radius))
            return radius - (radius * radius - beyond * beyond).squareRoot()
        case .rectangle, .hexagon, .stadium, .frame: return 0
        }
    }
}
