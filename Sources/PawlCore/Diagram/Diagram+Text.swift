extension Diagram {
    /// The diagram as a tree of lines, for a terminal: boxes in order, and where each leads.
    ///
    /// ```text
    /// review
    /// |- [OK]   Start -> ask
    /// |- [WAIT] ask (human: Ship it?)
    /// |    -> publish: choice = yes
    /// |    -> End: otherwise
    /// |- publish -> End
    /// `- End
    /// ```
    public var text: String {
        let leaving = Dictionary(grouping: arrows, by: \.source)
        let hasMarks = hasMarks
        var text = name.line(upTo: 200) + "\n"
        // What is not written yet, the next last, with what stands before it on its lines.
        var rest: [(box: Int, lead: String, isLast: Bool)] = []
        func push(_ boxes: [Int], lead: String) {
            for (position, box) in boxes.enumerated().reversed() {
                rest.append((box, lead, position == boxes.count - 1))
            }
        }
        push(roots, lead: "")
        while let (index, lead, isLast) = rest.popLast() {
            let box = boxes[index]
            let below = lead + (isLast ? "   " : "|  ")
            text += lead + (isLast ? "`- " : "|- ") + box.line(amongMarks: hasMarks)
            let arrows = leaving[index] ?? []
            if arrows.count == 1, arrows[0].label.isEmpty {
                text += " -> \(boxes[arrows[0].target].title)\n"
            } else {
                text += "\n"
                for arrow in arrows {
                    text += below + (box.children.isEmpty ? "  " : "| ")
                    text += "-> \(boxes[arrow.target].title)"
                    text += arrow.label.isEmpty ? "\n" : ": \(arrow.label)\n"
                }
            }
            push(box.children, lead: below)
        }
        return text
    }
}

extension Diagram.Box {
    fileprivate func line(amongMarks hasMarks: Bool) -> String {
        let tag = mark.map { "[\($0.tag)]" } ?? ""
        let padding = String(repeating: " ", count: hasMarks ? max(0, 8 - tag.count) : 0)
        return tag + padding + title + (remark.isEmpty ? "" : " (\(remark))")
    }
}
