extension Diagram {
    /// The diagram as a picture.
    ///
    /// It needs nothing but itself, runs nothing, and is written on white, so that it can be read in
    /// dark places, too. Names that it gives to its arrowheads begin with `pawl-`.
    public var svg: String {
        let layout = DiagramLayout(self)
        let (width, height) = (layout.extent.width.rounded(.up), layout.extent.height.rounded(.up))
        let title = name.line(upTo: 200).xml
        var svg = """
            <svg xmlns="http://www.w3.org/2000/svg" width="\(width.svg)" height="\(height.svg)" \
            viewBox="0 0 \(width.svg) \(height.svg)" role="img" text-anchor="middle" \
            font-family="Inter, ui-sans-serif, system-ui, 'Segoe UI', Helvetica, Arial, sans-serif">
            <title>\(title)</title>
            <defs>\(arrowhead("pawl-arrow", Line.plain))\(arrowhead("pawl-rescue", Line.dashed))</defs>
            <rect width="100%" height="100%" rx="10" fill="#ffffff"/>

            """
        // What lies below is written first: containers, lines, boxes, and labels on top.
        let (order, hasMarks) = (outsideIn, hasMarks)
        for index in order where !boxes[index].children.isEmpty {
            svg += boxes[index].container(layout.areas[index], hasMarks) + "\n"
        }
        for (arrow, route) in zip(arrows, layout.routes) { svg += line(of: arrow, route) + "\n" }
        for index in order where boxes[index].children.isEmpty {
            svg += boxes[index].leaf(layout.areas[index], hasMarks) + "\n"
        }
        for (index, route) in layout.routes.enumerated() {
            guard let middle = route.label else { continue }
            let colour = arrows[index].isDashed ? Line.dashed : Line.label
            svg += Self.label(layout.labels[index], middle, colour) + "\n"
        }
        return svg + "</svg>\n"
    }

    /// The colours of lines.
    private enum Line {
        static let plain = "#64748b"
        static let dashed = "#dc2626"
        static let label = "#334155"
    }

    private func arrowhead(_ name: String, _ colour: String) -> String {
        """
        <marker id="\(name)" viewBox="0 0 10 10" refX="9" refY="5" markerWidth="7" \
        markerHeight="7" orient="auto"><path d="M0.5 1L9.5 5L0.5 9L2.5 5Z" fill="\(colour)"/></marker>
        """
    }

    private func line(of arrow: Arrow, _ route: Route) -> String {
        let (colour, head, dashes) =
            arrow.isDashed
            ? (Line.dashed, "pawl-rescue", " stroke-dasharray=\"5 4\"")
            : (Line.plain, "pawl-arrow", "")
        return """
            <path d="\(route.svg)" fill="none" stroke="\(colour)" stroke-width="1.4"\(dashes) \
            marker-end="url(#\(head))"/>
            """
    }

    private static func label(_ text: String, _ middle: Point, _ colour: String) -> String {
        let extent = text.labelExtent ?? Extent(width: 0, height: 0)
        let area = Area(
            x: middle.x - extent.width / 2,
            y: middle.y - extent.height / 2,
            width: extent.width,
            height: extent.height
        )
        let words = text.svg(at: middle, size: Box.fontSize.label, colour)
        return "<rect\(area.svg) rx=\"4\" fill=\"#ffffff\" fill-opacity=\"0.92\"/>\(words)"
    }
}

extension Route {
    /// The line as the data of a path.
    fileprivate var svg: String {
        var here = start
        var text = "M\(start.svg)"
        for leg in legs {
            switch leg {
            case .straight(let end):
                text += "L\(end.svg)"
                here = end
            case .swung(let end):
                if abs(end.x - here.x) < 0.5 {
                    text += "L\(end.svg)"
                } else {
                    let middle = (here.y + end.y) / 2
                    text += "C\(Point(x: here.x, y: middle).svg) \(Point(x: end.x, y: middle).svg) "
                    text += end.svg
                }
                here = end
            case .turned(let corner, let end):
                text += "Q\(corner.svg) \(end.svg)"
                here = end
            }
        }
        return text
    }
}

extension Point {
    var svg: String { "\(x.svg) \(y.svg)" }
}

extension Area {
    /// The attributes that place a rectangle.
    var svg: String {
        " x=\"\(x.svg)\" y=\"\(y.svg)\" width=\"\(width.svg)\" height=\"\(height.svg)\""
    }
}

extension Double {
    /// The number with one decimal at most.
    var svg: String {
        guard isFinite, abs(self) < 1e12 else { return "0" }
        let tenths = Int((self * 10).rounded())
        let whole = "\(tenths < 0 ? "-" : "")\(abs(tenths) / 10)"
        return tenths.isMultiple(of: 10) ? whole : "\(whole).\(abs(tenths) % 10)"
    }
}

extension String {
    /// The text between tags, or inside quotes.
    var xml: String {
        var text = ""
        for scalar in unicodeScalars {
            switch scalar {
            case "&": text += "&amp;"
            case "<": text += "&lt;"
            case ">": text += "&gt;"
            case "\"": text += "&quot;"
            case "'": text += "&#39;"
            default: text.unicodeScalars.append(scalar)
            }
        }
        return text
    }

    /// The text, written around a place.
    func svg(
        at middle: Point,
        size: Double,
        _ colour: String,
        _ attributes: String = ""
    ) -> String {
        // Letters stand on a base line about a third of their size below the middle.
        let place = "x=\"\(middle.x.svg)\" y=\"\((middle.y + size * 0.35).svg)\""
        return """
            <text \(place) font-size="\(size.svg)" fill="\(colour)"\(attributes)>\(xml)</text>
            """
    }
}
