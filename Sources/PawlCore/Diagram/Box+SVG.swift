extension Diagram.Box {
    private static let bold = " font-weight=\"600\""

    /// A box without children, in its place.
    func leaf(_ area: Area, _ hasMarks: Bool) -> String {
        let ink = ink(amongMarks: hasMarks)
        let (title, remark) = lines
        var middle = area.middle
        var words = ""
        if remark.isEmpty {
            words = title.svg(at: middle, size: Self.fontSize.title, ink.text, Self.bold)
        } else {
            middle.y -= 7.5
            words = title.svg(at: middle, size: Self.fontSize.title, ink.text, Self.bold)
            middle.y += 16.5
            let faint = " fill-opacity=\"0.8\""
            words += remark.svg(at: middle, size: Self.fontSize.remark, ink.text, faint)
        }
        let tag = tag(at: tagPlace(in: area), ink)
        return "<g><title>\(tooltip)</title>\(outline(area, ink))\(words)\(tag)</g>"
    }

    /// A container, in its place, around whatever is in it.
    func container(_ area: Area, _ hasMarks: Bool) -> String {
        let ink = ink(amongMarks: hasMarks)
        let (title, remark) = lines
        // One text, so that the remark follows the title in whatever font there is.
        let faint = "dx=\"8\" font-size=\"\(Self.fontSize.remark.svg)\" fill-opacity=\"0.8\""
        let words = """
            <text x="\((area.x + 14).svg)" y="\((area.y + 22.5).svg)" text-anchor="start" \
            fill="\(ink.text)" font-size="\(Self.fontSize.title.svg)">\
            <tspan\(Self.bold)>\(title.xml)</tspan><tspan \(faint)>\(remark.xml)</tspan></text>
            """
        // Containers in containers show through each other: the inner ones are a little darker.
        let outline = """
            <rect\(area.svg) rx="10" fill="\(ink.line)" fill-opacity="0.07" stroke="\(ink.line)" \
            stroke-opacity="0.75" stroke-width="1.2"\(dashes)/>
            """
        let tag = tag(at: Point(x: area.right - 24, y: area.y), ink)
        return "<g><title>\(tooltip)</title>\(outline)\(words)\(tag)</g>"
    }

    private var dashes: String { mark == .skipped ? " stroke-dasharray=\"4 3\"" : "" }

    /// Where the middle of the tag is: on the outline, at the upper right.
    private func tagPlace(in area: Area) -> Point {
        switch shape {
        case .rectangle, .frame, .stadium, .hexagon: Point(x: area.right - 24, y: area.y)
        case .circle: Point(x: area.right - 14, y: area.y)
        case .diamond:
            Point(x: area.middle.x + area.width * 0.26, y: area.y + area.height * 0.26)
        }
    }

    private var tooltip: String {
        let place = remark.isEmpty ? title : "\(title) (\(remark))"
        return (mark.map { "\(place) - \($0.rawValue)" } ?? place).xml
    }

    private func outline(_ area: Area, _ ink: Ink) -> String {
        let paint =
            " fill=\"\(ink.fill)\" stroke=\"\(ink.line)\" stroke-width=\"1.4\"\(dashes)"
        let (x, y, middle) = (area.x, area.y, area.middle)
        switch shape {
        case .circle, .stadium:
            return "<rect\(area.svg) rx=\"\((area.height / 2).svg)\"\(paint)/>"
        case .rectangle:
            return "<rect\(area.svg) rx=\"7\"\(paint)/>"
        case .frame:
            let bars =
                "M\((x + 7).svg) \(y.svg)V\(area.bottom.svg)"
                + "M\((area.right - 7).svg) \(y.svg)V\(area.bottom.svg)"
            return "<rect\(area.svg) rx=\"3\"\(paint)/><path d=\"\(bars)\"\(paint)/>"
        case .diamond:
            let corners = [
                Point(x: middle.x, y: y), Point(x: area.right, y: middle.y),
                Point(x: middle.x, y: area.bottom), Point(x: x, y: middle.y),
            ]
            return Self.polygon(corners, paint)
        case .hexagon:
            let edge = min(16, area.width / 4)
            let corners = [
                Point(x: x + edge, y: y), Point(x: area.right - edge, y: y),
                Point(x: area.right, y: middle.y), Point(x: area.right - edge, y: area.bottom),
                Point(x: x + edge, y: area.bottom), Point(x: x, y: middle.y),
            ]
            return Self.polygon(corners, paint)
        }
    }

    private static func polygon(_ corners: [Point], _ paint: String) -> String {
        let points = corners.map(\.svg).joined(separator: " ")
        return "<polygon points=\"\(points)\" stroke-linejoin=\"round\"\(paint)/>"
    }

    /// What the colours say, in letters.
    private func tag(at middle: Point, _ ink: Ink) -> String {
        guard let mark else { return "" }
        let width = mark.tag.width(size: Self.fontSize.tag) + 12
        let area = Area(x: middle.x - width / 2, y: middle.y - 7, width: width, height: 14)
        let words = mark.tag.svg(
            at: middle,
            size: Self.fontSize.tag,
            "#ffffff",
            " font-weight=\"700\""
        )
        // White on the pale line of what is skipped could not be read.
        let colour = mark == .skipped ? ink.text : ink.line
        return "<rect\(area.svg) rx=\"7\" fill=\"\(colour)\"/>\(words)"
    }
}
