/// A report as Markdown.
struct Table: CustomStringConvertible {
    private let report: Report

    init(_ report: Report) { self.report = report }

    var description: String {
        var text = """
            \(report.processors) processors, \(report.server); medians of \(report.rounds) rounds ± \
            the median distance from them\(report.isQuick ? " (quick: too small to quote)" : ""); \
            load \(report.load.map(\.figure).joined(separator: " → ")).

            """
        let plain = report.sections.filter { $0.figures.allSatisfy { $0.subject == nil } }
        if !plain.isEmpty {
            text += "\n| | measured | | noise | goal |\n|---|---|--:|--:|--:|\n"
            for section in plain { text += section.figures.map { row($0, section) }.joined() }
        }
        for section in report.sections where section.figures.contains(where: { $0.subject != nil })
        {
            text += "\n" + matrix(section.figures)
        }
        return text
    }

    private func row(_ figure: Figure, _ section: Report.Section) -> String {
        let goal = figure.goal.map { "\($0)\(figure.isMissed ? " **missed**" : "")" } ?? ""
        return """
            | \(section.name) | \(figure.name) | \(figure.value.figure) \(figure.unit) \
            | ± \(figure.noise.figure) | \(goal) |

            """
    }

    /// A row for each subject, a column for each name.
    private func matrix(_ figures: [Figure]) -> String {
        let names = figures.map { "\($0.name), \($0.unit)" }.withoutRepetition
        let subjects = figures.compactMap(\.subject).withoutRepetition
        var text = "| | \(names.joined(separator: " | ")) |\n"
        text += "|---|\(names.map { _ in "--:|" }.joined())\n"
        for subject in subjects {
            let cells = names.map { name in
                figures.first { $0.subject == subject && "\($0.name), \($0.unit)" == name }
                    .map { "\($0.value.figure)\($0.isMissed ? " **missed**" : "")" } ?? "–"
            }
            text += "| \(subject) | \(cells.joined(separator: " | ")) |\n"
        }
        return text
    }
}

extension [String] {
    /// Each once, where it comes first.
    fileprivate var withoutRepetition: [String] {
        var seen: Set<String> = []
        return filter { seen.insert($0).inserted }
    }
}
