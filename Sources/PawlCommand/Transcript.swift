import PawlCore
import PawlStore
import Postgres

/// A run's events as lines that people read.
struct Transcript {
    let paint: Paint
    /// Whether data is printed whole.
    let isFull: Bool

    func line(_ event: RecordedEvent) -> String {
        let number = String(event.seq)
        var line = paint(
            String(repeating: " ", count: max(0, 4 - number.count)) + number + "  "
                + event.at.localTime,
            .dim
        )
        line += "  " + paint(event.kind.padded(to: 18), style(of: event.kind))
        if let path = event.path {
            line += "  " + StepID(path: path, visit: event.visit ?? 1).description
        }
        if let attempt = event.attempt, attempt > 1 {
            line += paint(" attempt \(attempt)", .yellow)
        }
        if let took = event.took { line += paint(" \(took.short)", .dim) }
        if let data = event.data {
            let text = JSON(document: data).description
            line += "  " + (isFull ? text : text.shortened(to: 120))
        }
        return line
    }

    private func style(of kind: String) -> Paint.Style? {
        switch Event.Kind(rawValue: kind) {
        case .stepCompleted, .runCompleted, .decisionResolved: .green
        case .stepFailed, .runFailed, .stepLost: .red
        case .stepRetrying, .runCancelled, .runRetried, .decisionExpired: .yellow
        case .decisionRequested: .magenta
        default: nil
        }
    }
}
