extension Diagram {
    /// The diagram as Mermaid reads it.
    ///
    /// Boxes are outlined by what their node does, and classed by where its step stands. Nothing
    /// that a definition says gets out of its label.
    public var mermaid: String {
        let names = MermaidNames(self)
        var text = "graph TD\n"
        // What is not written yet, the next last: a box, or the end of a container.
        var rest: [(box: Int?, indent: Int)] = roots.reversed().map { ($0, 1) }
        while let (index, depth) = rest.popLast() {
            let indent = String(repeating: "    ", count: min(depth, 20))
            guard let index else {
                text += indent + "end\n"
                continue
            }
            let box = boxes[index]
            guard !box.children.isEmpty else {
                let (open, close) = box.shape.brackets
                text += "\(indent)\(names[index])\(open)\"\(box.mermaidLabel)\"\(close)\n"
                continue
            }
            text += "\(indent)subgraph \(names[index])[\"\(box.mermaidLabel)\"]\n"
            rest.append((nil, depth))
            rest += box.children.reversed().map { ($0, depth + 1) }
        }
        for arrow in arrows {
            let line = arrow.isDashed ? "-.->" : "-->"
            let label = arrow.label.isEmpty ? "" : "|\"\(arrow.label.mermaid)\"|"
            text += "    \(names[arrow.source]) \(line)\(label) \(names[arrow.target])\n"
        }
        for mark in Mark.allCases where mark == mark.folded {
            let marked = boxes.indices.filter { boxes[$0].mark?.folded == mark }
            if marked.isEmpty { continue }
            let ink = mark.ink
            let style = "fill:\(ink.fill),stroke:\(ink.line),color:\(ink.text)"
            text += "    classDef \(mark.rawValue) \(style)\n"
            let members = marked.map { names[$0] }.joined(separator: ",")
            text += "    class \(members) \(mark.rawValue)\n"
        }
        return text
    }
}

/// The names that boxes have in Mermaid: letters, digits and underscores, each once.
private struct MermaidNames {
    /// Words of Mermaid's own.
    private static let reserved: Set<String> = [
        "bt", "call", "class", "classdef", "click", "default", "direction", "end", "flowchart",
        "graph", "href", "interpolate", "linkstyle", "lr", "rl", "style", "subgraph", "tb", "td",
    ]

    private var names: [String] = []

    init(_ diagram: Diagram) {
        let ends = diagram.boxes.count { $0.kind == "end" }
        var given = UniqueNames()
        names.reserveCapacity(diagram.boxes.count)
        for box in diagram.boxes {
            let name =
                switch box.kind {
                case "start": "__start__"
                case "end" where ends == 1: "__end__"
                default: Self.name(for: box.id)
                }
            names.append(given.name(like: name))
        }
    }

    subscript(index: Int) -> String { names[index] }

    private static func name(for id: String) -> String {
        let name = String(
            String.UnicodeScalarView(
                id.unicodeScalars.prefix(100).map {
                    $0.isASCII && ($0.properties.isAlphabetic || $0.properties.numericType != nil)
                        ? $0 : "_"
                }
            )
        )
        return reserved.contains(name.lowercased()) ? name + "_" : name
    }
}

extension Diagram.Shape {
    fileprivate var brackets: (String, String) {
        switch self {
        case .circle: ("((", "))")
        case .rectangle: ("[", "]")
        case .diamond: ("{", "}")
        case .hexagon: ("{{", "}}")
        case .stadium: ("([", "])")
        case .frame: ("[[", "]]")
        }
    }
}

extension Diagram.Box {
    /// The title, and the note where the outline alone says little.
    fileprivate var mermaidLabel: String {
        switch shape {
        case .circle, .rectangle: title.mermaid
        case .diamond, .hexagon, .stadium, .frame:
            (note.isEmpty ? title : "\(title): \(note)").mermaid
        }
    }
}

extension String {
    /// The text inside a quoted label, where Mermaid has entities, markup and HTML.
    fileprivate var mermaid: String {
        var text = ""
        for scalar in unicodeScalars {
            switch scalar {
            case "\"": text += "#quot;"
            case "&": text += "#amp;"
            case "<": text += "#lt;"
            case ">": text += "#gt;"
            case "#", "[", "]", "{", "}", "(", ")", "|", "\\", "`", ";", "*", "%":
                text += "#\(scalar.value);"
            default: text.unicodeScalars.append(scalar)
            }
        }
        return text
    }
}
