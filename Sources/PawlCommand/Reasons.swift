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
            let subject = JSON(document: subject)
            let limit = until.map { " until \($0.local)" } ?? ""
            switch kind {
            case "decision":
                return "waits for " + Question(subject).words(wait, assignee, until)
            case "signal":
                return "waits for signal \"\(subject["name"]?.stringValue ?? "")\"" + limit
            case "child":
                return "waits for run \(subject["run_id"]?.stringValue ?? "") of workflow "
                    + "\"\(subject["workflow"]?.stringValue ?? "")\"" + limit
            default:
                return "waits for a \(kind)" + limit
            }
        case .joining(let remaining, let total):
            return "waits for \(remaining) of \(total) children"
        case .held:
            return "has not begun: it comes after others in its container"
        case .paused:
            return "is due, and held back because the run is paused"
        case .inLine(let limit, let key):
            let whose = key.map { " for \"\($0)\"" } ?? ""
            return "is due, and stands in line: limit \"\(limit)\" has no room\(whose)"
        case .queuePaused(let who, let reason):
            let why = reason.map { ": \($0.shortened(to: 120))" } ?? ""
            return "is due, and queue \"\(queue)\" was paused by \(who)\(why)"
        case .deadline:
            return "fails the run if it has not ended by \(due.local)"
        case .delayed:
            return "is due at \(due.local)"
        case .retrying(let reason):
            // One that put itself off, or whose worker was lost, has not failed.
            guard let error = reason.flatMap({ JSON(document: $0)["error"] }) else {
                return "is due again at \(due.local)"
            }
            let why = error["message"]?.stringValue.map { ": \($0.shortened(to: 120))" } ?? ""
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

    init(_ subject: JSON) {
        prompt =
            ["prompt", "message", "prompt_context"].compactMap { subject[$0]?.stringValue }
            .first
        options = (subject["options"]?.arrayValue ?? []).map {
            $0.stringValue ?? $0["id"]?.stringValue ?? $0.description
        }
    }

    /// The question with its number, the answers to it, and who is asked until when.
    func words(_ number: Int64, _ assignee: String?, _ until: Instant?) -> String {
        var words = "decision \(number)"
        if let prompt { words += ": \(prompt.shortened(to: 120))" }
        if !options.isEmpty { words += " (\(options.joined(separator: ", ")))" }
        if let assignee { words += ", asked of \(assignee)" }
        if let until { words += ", until \(until.local)" }
        return words
    }
}

extension OpenDecision {
    var question: Question { Question(JSON(document: subject)) }

    /// What to type to answer it.
    var command: String {
        "pawl decide \(id) \(question.options.first?.shellWord ?? "CHOICE")"
            + (isForAssignee ? " --by \((assignee ?? "").shellWord)" : "")
    }
}

extension Int {
    /// The number with its noun: `1 run`, `2 runs`.
    func counted(_ one: String, _ many: String) -> String {
        self == 1 ? "1 \(one)" : "\(self) \(many)"
    }
}
