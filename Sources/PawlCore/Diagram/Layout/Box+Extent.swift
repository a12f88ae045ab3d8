extension Diagram.Box {
    /// The sizes of what is written in a box.
    static let fontSize = (title: 13.0, remark: 10.5, tag: 9.0, label: 11.0)

    /// The lines that are written in the box.
    var lines: (title: String, remark: String) {
        let longest = shape == .diamond ? 28 : 36
        return (title.line(upTo: longest), remark.line(upTo: longest + 6))
    }

    /// The room that the box takes by itself, without anything in it.
    var extent: Extent {
        let lines = lines
        let width = max(
            lines.title.width(size: Self.fontSize.title),
            lines.remark.width(size: Self.fontSize.remark)
        )
        let height = lines.remark.isEmpty ? 38.0 : 50.0
        switch shape {
        case .circle: return Extent(width: width <= 36 ? 50 : width + 36, height: 50)
        case .rectangle: return Extent(width: max(96, width + 30), height: height)
        // Lines stand off the middle of a diamond, where it is less wide.
        case .diamond:
            return Extent(
                width: max(110, lines.remark.isEmpty ? width * 1.3 + 44 : width * 1.6 + 44),
                height: lines.remark.isEmpty ? 54 : 74
            )
        case .hexagon: return Extent(width: max(110, width + 54), height: height)
        case .stadium: return Extent(width: max(100, width + 44), height: height)
        case .frame: return Extent(width: max(96, width + 46), height: height)
        }
    }

    /// The width that a container's head needs.
    var headWidth: Double {
        let lines = lines
        return lines.title.width(size: Self.fontSize.title)
            + lines.remark.width(size: Self.fontSize.remark) + 44
            + (mark == nil ? 0 : 40)
    }
}

extension String {
    /// The room that the text takes as the label of an arrow.
    var labelExtent: Extent? {
        isEmpty ? nil : Extent(width: width(size: Diagram.Box.fontSize.label) + 10, height: 18)
    }
}
