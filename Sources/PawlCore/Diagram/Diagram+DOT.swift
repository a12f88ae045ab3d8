extension Diagram {
    /// The diagram as Graphviz reads it.
    public var dot: String {
        let (doors, hasMarks) = (doors(), hasMarks)
        var given = UniqueNames()
        let names = boxes.map { given.name(like: $0.id.line(upTo: 120)).dotQuoted }
        var text = """
            digraph \(name.line(upTo: 200).dotQuoted) {
                compound=true
                graph [fontname="Helvetica", fontsize=11, bgcolor="white", nodesep=0.4, ranksep=0.5]
                node [fontname="Helvetica", fontsize=11, style="filled", margin="0.2,0.08"]
                edge [fontname="Helvetica", fontsize=10, color="#64748b", arrowsize=0.7]

            """
        // What is not written yet, the next last: a box, or the end of a container.
        var rest: [(box: Int?, indent: Int)] = roots.reversed().map { ($0, 1) }
        while let (index, depth) = rest.popLast() {
            let indent = String(repeating: "    ", count: min(depth, 20))
            guard let index else {
                text += indent + "}\n"
                continue
            }
            let box = boxes[index]
            let ink = box.ink(amongMarks: hasMarks)
            let colours =
                "color=\"\(ink.line)\", fillcolor=\"\(ink.fill)\", fontcolor=\"\(ink.text)\""
            guard !box.children.isEmpty else {
                let outline = "\(box.shape.dotOutline), \(colours)"
                text += "\(indent)\(names[index]) [label=\(box.dotLabel), \(outline)]\n"
                continue
            }
            text += """
                \(indent)subgraph \("cluster_\(index)".dotQuoted) {
                \(indent)    graph [label=\(box.dotLabel), style="rounded", \(colours)]

                """
            rest.append((nil, depth))
            rest += box.children.reversed().map { ($0, depth + 1) }
        }
        for (arrow, isClosing) in zip(arrows, closings()) {
            let (source, target) = (doors[arrow.source].last, doors[arrow.target].first)
            text += "    \(names[source]) -> \(names[target])\(attributes(of: arrow, isClosing))\n"
        }
        return text + "}\n"
    }

    private func attributes(of arrow: Arrow, _ isClosing: Bool) -> String {
        var attributes: [String] = []
        if !arrow.label.isEmpty { attributes.append("label=\(" \(arrow.label) ".dotQuoted)") }
        // Else Graphviz might put the start below what leads back to it.
        if isClosing { attributes.append("constraint=false") }
        if arrow.isDashed { attributes.append("style=\"dashed\"") }
        // Graphviz leads arrows between nodes only, and cuts them at the container's outline.
        if !boxes[arrow.source].children.isEmpty, arrow.source != arrow.target {
            attributes.append("ltail=\("cluster_\(arrow.source)".dotQuoted)")
        }
        if !boxes[arrow.target].children.isEmpty, arrow.source != arrow.target {
            attributes.append("lhead=\("cluster_\(arrow.target)".dotQuoted)")
        }
        return attributes.isEmpty ? "" : " [\(attributes.joined(separator: ", "))]"
    }

    /// The boxes without children that stand for each box: where arrows lead to, and where from.
    private func doors() -> [(first: Int, last: Int)] {
        var doors = boxes.indices.map { (first: $0, last: $0) }
        for index in outsideIn.reversed() {
            guard let first = boxes[index].children.first, let last = boxes[index].children.last
            else { continue }
            doors[index] = (doors[first].first, doors[last].last)
        }
        return doors
    }
}

extension Diagram.Shape {
    fileprivate var dotOutline: String {
        switch self {
        case .circle: "shape=circle, margin=0.05"
        case .rectangle: "shape=box, style=\"rounded,filled\""
        case .diamond: "shape=diamond, margin=0.02"
        case .hexagon: "shape=hexagon, margin=0.1"
        case .stadium: "shape=box, style=\"rounded,filled\", peripheries=1, margin=\"0.3,0.08\""
        case .frame: "shape=box, peripheries=2"
        }
    }
}

extension Diagram.Box {
    /// A quoted label: the title, what there is to say about it, and the mark.
    fileprivate var dotLabel: String {
        let marked = mark.map { "\(title) [\($0.tag)]" } ?? title
        return remark.isEmpty ? marked.dotQuoted : "\"\(marked.dotEscaped)\\n\(remark.dotEscaped)\""
    }
}

extension String {
    /// The text inside quotes, where Graphviz has escapes and entities.
    fileprivate var dotEscaped: String {
        var text = ""
        for scalar in unicodeScalars {
            switch scalar {
            case "\"": text += "\\\""
            case "\\": text += "\\\\"
            case "&": text += "&amp;"
            default: text.unicodeScalars.append(scalar)
            }
        }
        return text
    }

    fileprivate var dotQuoted: String { "\"\(dotEscaped)\"" }
}
