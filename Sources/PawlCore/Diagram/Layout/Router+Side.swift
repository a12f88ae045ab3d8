extension Router {
    /// A link that leads beside the layers.
    private struct SideLink {
        let link: Int
        let isRight: Bool
        /// Whether nothing is between its end and the side.
        let isFree: (source: Bool, target: Bool)
        let layers: ClosedRange<Int>
    }

    /// The space between lanes at the side.
    private static let lane = 18.0
    /// The most layers that all links together may be compared with.
    ///
    /// Beyond it they share lanes: 10,000 links along 10,000 layers would take minutes.
    private static let maximumWork = 2_000_000

    /// Leads the links that are not led through the layers: those that close a cycle, and those
    /// that would pass too many layers.
    ///
    /// Each goes to a lane beside the layers between its ends, the shorter ones nearer, so that one
    /// lies around the other.
    mutating func leadAlongTheSide() {
        let sides = links.indices.filter { layering.chains[$0] == nil }.map(side)
            .sorted { ($0.layers.count, $0.link) < ($1.layers.count, $1.link) }
        if sides.isEmpty { return }
        var reach = bands.indices.map(reach)
        let isExact = sides.reduce(0) { $0 + $1.layers.count } <= Self.maximumWork
        let widest = (
            left: reach.map(\.left).min() ?? 0, right: reach.map(\.right).max() ?? 0
        )
        for (number, side) in sides.enumerated() {
            let label = links[side.link].label
            let half = (label?.width ?? 0) / 2
            var lane: Double
            if !isExact {
                let away = Self.lane * Double(1 + number % 20) + half
                lane = side.isRight ? widest.right + away : widest.left - away
            } else if side.isRight {
                lane = (reach[side.layers].map(\.right).max() ?? 0) + Self.lane + half
                for layer in side.layers { reach[layer].right = lane + half }
            } else {
                lane = (reach[side.layers].map(\.left).min() ?? 0) - Self.lane - half
                for layer in side.layers { reach[layer].left = lane - half }
            }
            routes[side.link] = route(side, lane, level: 8 + 4 * Double(number % 3))
        }
    }

    private func side(of link: Int) -> SideLink {
        let (source, target) = (links[link].source, links[link].target)
        let (from, to) = (layering.spots[source].layer, layering.spots[target].layer)
        let onRight = (isOutermost(source, onRight: true), isOutermost(target, onRight: true))
        let onLeft = (isOutermost(source, onRight: false), isOutermost(target, onRight: false))
        let isRight = onRight == (true, true) || onLeft != (true, true)
        return SideLink(
            link: link,
            isRight: isRight,
            isFree: isRight ? onRight : onLeft,
            layers: min(from, to)...max(from, to)
        )
    }

    /// Whether no item and no label is between an item and the side.
    private func isOutermost(_ item: Int, onRight: Bool) -> Bool {
        let spot = layering.spots[item]
        let layer = layering.layers[spot.layer]
        let outer = layer.last { layering.spots[$0].extent.width > 0 }
        return onRight
            ? outer == item : layer.first { layering.spots[$0].extent.width > 0 } == item
    }

    /// How far the spots of a layer, and the links to the next one, reach.
    private func reach(of layer: Int) -> (left: Double, right: Double) {
        var (left, right) = (Double.infinity, -Double.infinity)
        for index in layering.layers[layer] {
            let spot = layering.spots[index]
            left = min(left, spot.x - spot.extent.width / 2)
            right = max(right, spot.x + spot.extent.width / 2)
        }
        return left <= right ? (left, right) : (0, 0)
    }

    private func route(_ side: SideLink, _ lane: Double, level distance: Double) -> Route {
        let (source, target) = (links[side.link].source, links[side.link].target)
        let sign = side.isRight ? 1.0 : -1.0
        var points: [Point] = []
        if side.isFree.source {
            points.append(sideEnd(of: source, isRight: side.isRight, aside: 6))
        } else {
            let start = lowerEnd(of: source, aside: sign * items[source].breadth * 0.4)
            points.append(start)
            let level = bands[layering.spots[source].layer].bottom + distance
            points.append(Point(x: start.x, y: level))
        }
        // A link to where it comes from needs another end than its beginning.
        if side.isFree.target, source != target {
            let end = sideEnd(of: target, isRight: side.isRight, aside: -6)
            points += [
                Point(x: lane, y: points[points.count - 1].y), Point(x: lane, y: end.y), end,
            ]
        } else {
            let end = upperEnd(of: target, aside: sign * items[target].breadth * 0.4)
            let level = bands[layering.spots[target].layer].top - distance - 3
            points += [
                Point(x: lane, y: points[points.count - 1].y), Point(x: lane, y: level),
                Point(x: end.x, y: level), end,
            ]
        }
        var route = Route(through: points, radius: 9)
        if links[side.link].label != nil {
            let heights = points.filter { $0.x == lane }.map(\.y)
            let middle = ((heights.min() ?? 0) + (heights.max() ?? 0)) / 2
            route.label = Point(x: lane, y: middle)
        }
        return route
    }

    /// Where a link meets the side of an item, a little above or below the middle.
    private func sideEnd(of item: Int, isRight: Bool, aside: Double) -> Point {
        let area = areas[item]
        let isFlat =
            switch items[item].shape {
            case .rectangle, .frame: true
            case .circle, .diamond, .hexagon, .stadium: false
            }
        return Point(
            x: isRight ? area.right : area.x,
            y: area.middle.y + (isFlat ? aside : 0)
        )
    }
}
