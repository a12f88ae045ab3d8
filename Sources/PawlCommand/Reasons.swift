import PawlCore
import PawlStore
import Postgres

extension LiveTask {
    /// Why the step is where it is, in words.
    var reason: String {
        switch situation {
        case .executing(let holder):
            return "\(holder.words) has been executing it for \(holder.time.short)"
        case .abandoned(let holder):
            let silence = holder.silence.map { " has been silent for \($0.short)" } ?? " is gone"
            return "\(holder.words)\(silence); another one takes the step over"
        case .awaiting(let wait, let kind, let subject, let assignee, let until):
            return Self.words(wait, kind, subject, assignee, until)
        case .joining(let remaining, let total):
            return "waits for \(remaining) of \(total) children"
        case .deadline:
            return "fails the run if it has not ended by \(due.local)"
        case .delayed:
            return "is due at \(due.local)"
        case .retrying(let reason):
            let failure = reason.map { JSON(document: $0) }
            let message = (failure?["failure"]?["message"] ?? failure?["message"])?.stringValue
            let why = message.map { ": \($0.shortened(to: 120))" } ?? ""
            return "attempt \(attempt) failed\(why); the next is due at \(due.local)"
        case .noWorker:
            return "is due, and no worker is alive; start one: pawl worker, or your own"
        case .noWorkerForQueue:
            return "is due, and no live worker serves queue \"\(queue)\""
        case .noHandler:
            return """
                is due, and no live worker of queue "\(queue)" has a handler for \
                "\(kind.rawValue)"
                """
        case .ready(behind: 0):
            return "is due, and first in queue \"\(queue)\""
        case .ready(let count):
            let number =
                count == 1_000 ? "1000 tasks or more go" : count.counted("task go", "tasks go")
            return "is due; \(number) first in queue \"\(queue)\""
        }
    }

    private static func words(
        _ wait: Int64,
        _ kind: String,
        _ subject: [UInt8],
        _ assignee: String?,
        _ until: Instant?
    ) -> String {
        guard kind == "decision" else {
            return "waits for a \(kind)" + (until.map { " until \($0.local)" } ?? "")
        }
        let question = Question(subject)
        var words = "waits for decision \(wait)"
        if let prompt = question.prompt { words += ": \(prompt.shortened(to: 120))" }
        if !question.options.isEmpty { words += " (\(question.options.joined(separator: ", ")))" }
        if let assignee { words += ", asked of \(assignee)" }
        if let until { words += ", until \(until.local)" }
        return words
    }
}

extension LiveTask.Holder {
    fileprivate var words: String {
        guard let host, let processID else { return "worker \(worker)" }
        return "worker \(worker) (\(host), pid \(processID))"
    }
}

/// What a decision asks, as its subject says it.
struct Question {
    let prompt: String?
    /// The ids to choose from; none means that any text is an answer.
    let options: [String]

    init(_ subject: [UInt8]) {
        let subject = JSON(document: subject)
        prompt = (subject["prompt"] ?? subject["message"])?.stringValue
        options = (subject["options"]?.arrayValue ?? []).map {
            $0.stringValue ?? $0["id"]?.stringValue ?? $0.description
        }
    }
}

extension Int {
    /// The number with its noun: `1 run`, `2 runs`.
    func counted(_ one: String, _ many: String) -> String {
        self == 1 ? "1 \(one)" : "\(self) \(many)"
    }
}
