import Foundation

/// A report as a picture: rates beside their goals, and how a load goes over time.
struct Plot {
    private let bars: [Figure]
    private let curve: Figure?
    private let caption: String

    private static let width = 760.0
    /// Where bars begin: as wide as the longest name.
    private static let left = 300.0
    private static let right = 120.0
    private static let row = 26.0
    private static let chart = 180.0

    init(_ report: Report) {
        let figures = report.sections.flatMap(\.figures)
        // Rates of the same order: what is counted in thousands a second.
        bars = figures.filter {
            $0.subject == nil && $0.curve == nil && $0.unit.hasSuffix("/s") && $0.value >= 1_000
        }
        curve = figures.first { $0.curve != nil }
        caption = "\(report.processors) processors, \(report.server), \(report.rounds) rounds"
    }

    var svg: String {
        let barsHeight = Double(bars.count) * Self.row
        let height = 60 + barsHeight + (curve == nil ? 20 : Self.chart + 90)
        var text = """
            <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 \(Self.width.short) \(height.short)" \
            font-family="system-ui, sans-serif" font-size="12">
            <style>
              text { fill: #24292f } .dim { fill: #57606a } .bar { fill: #4c7fb0 }
              .missed { fill: #c4683c } .goal { stroke: #24292f; stroke-width: 2 }
              .axis { stroke: #8c959f } .curve { stroke: #4c7fb0; stroke-width: 2; fill: none }
              @media (prefers-color-scheme: dark) {
                text { fill: #e6edf3 } .dim { fill: #9198a1 } .goal { stroke: #e6edf3 }
              }
            </style>
            <text x="8" y="20" font-weight="bold">Throughput; a stroke is a goal</text>
            <text x="8" y="38" class="dim">\(caption.escaped)</text>

            """
        text += drawBars(top: 50)
        if let curve { text += drawCurve(curve, top: 50 + barsHeight + 40) }
        return text + "</svg>\n"
    }

    private func drawBars(top: Double) -> String {
        let most = bars.map { max($0.value, $0.goal?.value ?? 0) }.max() ?? 1
        let scale = (Self.width - Self.left - Self.right) / most
        var text = ""
        for (place, figure) in bars.enumerated() {
            let y = top + Double(place) * Self.row
            let length = figure.value * scale
            var end = Self.left + length
            text += """
                <text x="\((Self.left - 8).short)" y="\((y + 14).short)" text-anchor="end">\
                \(figure.name.escaped)</text>
                <rect x="\(Self.left.short)" y="\((y + 2).short)" width="\(length.short)" \
                height="16" class="\(figure.isMissed ? "missed" : "bar")"/>

                """
            if let goal = figure.goal {
                let x = Self.left + goal.value * scale
                end = max(end, x)
                text += """
                    <line x1="\(x.short)" x2="\(x.short)" y1="\(y.short)" y2="\((y + 20).short)" \
                    class="goal"/>

                    """
            }
            text += """
                <text x="\((end + 6).short)" y="\((y + 14).short)" class="dim">\
                \(figure.value.figure) \(figure.unit)</text>

                """
        }
        return text
    }

    private func drawCurve(_ figure: Figure, top: Double) -> String {
        let values = figure.curve ?? []
        let most = (values.max() ?? 1) * 1.1
        let base = top + 20 + Self.chart
        let span = Self.width - 70 - 20
        let points = values.enumerated().map { second, value in
            let x = 70 + span * Double(second) / Double(max(values.count - 1, 1))
            return "\(x.short),\((base - Self.chart * value / most).short)"
        }
        return """
            <text x="8" y="\(top.short)" font-weight="bold">While a transaction is held open, \
            \(figure.unit)</text>
            <line x1="70" x2="\((70 + span).short)" y1="\(base.short)" y2="\(base.short)" class="axis"/>
            <line x1="70" x2="70" y1="\((base - Self.chart).short)" y2="\(base.short)" class="axis"/>
            <text x="62" y="\((base - Self.chart + 12).short)" text-anchor="end" class="dim">\
            \(most.figure)</text>
            <text x="62" y="\(base.short)" text-anchor="end" class="dim">0</text>
            <text x="\((70 + span).short)" y="\((base + 18).short)" text-anchor="end" class="dim">\
            \(values.count) s</text>
            <polyline points="\(points.joined(separator: " "))" class="curve"/>

            """
    }
}

extension Goal {
    fileprivate var value: Double {
        switch self {
        case .atLeast(let value), .atMost(let value): value
        }
    }
}

extension Double {
    /// To a tenth, which is less than a screen shows.
    fileprivate var short: String { "\((self * 10).rounded() / 10)" }
}

extension String {
    fileprivate var escaped: String {
        replacingOccurrences(of: "&", with: "&amp;").replacingOccurrences(of: "<", with: "&lt;")
    }
}
