/// A place on paper, in pixels from the left and from the top.
struct Point: Hashable {
    var x: Double
    var y: Double
}

/// How much room something takes.
struct Extent: Hashable {
    var width: Double
    var height: Double
}

/// A rectangle on paper.
struct Area: Hashable {
    var x: Double
    var y: Double
    var width: Double
    var height: Double

    var middle: Point { Point(x: x + width / 2, y: y + height / 2) }
    var right: Double { x + width }
    var bottom: Double { y + height }

    mutating func move(by way: Point) {
        x += way.x
        y += way.y
    }
}

/// A line from one box to another.
struct Route: Hashable {
    /// A piece of it, from where the one before it ended.
    enum Leg: Hashable {
        case straight(to: Point)
        /// Leaves and arrives vertically, half way between the two.
        case swung(to: Point)
        /// Around a corner.
        case turned(Point, to: Point)
    }

    var start: Point
    var legs: [Leg] = []
    /// The middle of its label.
    var label: Point?

    init(from start: Point) {
        self.start = start
    }

    /// A line through points, with round corners.
    init(through points: [Point], radius: Double) {
        self.init(from: points.first ?? Point(x: 0, y: 0))
        for index in points.indices.dropFirst().dropLast() {
            let (before, corner, after) = (points[index - 1], points[index], points[index + 1])
            let reach = min(radius, corner.distance(to: before) / 2, corner.distance(to: after) / 2)
            legs.append(.straight(to: corner.towards(before, by: reach)))
            legs.append(.turned(corner, to: corner.towards(after, by: reach)))
        }
        if points.count > 1, let last = points.last { legs.append(.straight(to: last)) }
    }

    /// All points that matter for the room it takes.
    var points: [Point] {
        [start]
            + legs.map { leg in
                switch leg {
                case .straight(let end), .swung(let end), .turned(_, let end): end
                }
            }
    }

    mutating func move(by way: Point) {
        start.move(by: way)
        label?.move(by: way)
        for index in legs.indices {
            switch legs[index] {
            case .straight(let end): legs[index] = .straight(to: end.moved(by: way))
            case .swung(let end): legs[index] = .swung(to: end.moved(by: way))
            case .turned(let corner, let end):
                legs[index] = .turned(corner.moved(by: way), to: end.moved(by: way))
            }
        }
    }
}

extension Point {
    mutating func move(by way: Point) {
        x += way.x
        y += way.y
    }

    func moved(by way: Point) -> Point { Point(x: x + way.x, y: y + way.y) }

    fileprivate func distance(to other: Point) -> Double {
        ((other.x - x) * (other.x - x) + (other.y - y) * (other.y - y)).squareRoot()
    }

    fileprivate func towards(_ other: Point, by length: Double) -> Point {
        let distance = distance(to: other)
        guard distance > 0 else { return self }
        let share = length / distance
        return Point(x: x + (other.x - x) * share, y: y + (other.y - y) * share)
    }
}
