import PawlCore
import PawlStore
import Postgres

// What `--json` prints. The keys are an interface: they are added to, and neither renamed nor
// removed.

extension JSON {
    init(_ text: String?) { self = text.map(JSON.string) ?? .null }
    init(_ number: Int?) { self = number.map { .integer(Int64($0)) } ?? .null }
    init(_ instant: Instant?) {
        self = instant.flatMap { $0 == .infinity ? nil : .string($0.description) } ?? .null
    }
    init(_ duration: Duration?) { self = duration.map { .number($0.milliseconds) } ?? .null }
    /// A document out of the database, which can only be one.
    init(document: [UInt8]?) {
        guard let document else {
            self = .null
            return
        }
        do {
            try self.init(parsing: document)
        } catch {
            // Numbers beyond what a double holds, for example: the text is better than nothing.
            self = .string(String(decoding: document, as: UTF8.self))
        }
    }
}

extension RunHead {
    var json: JSON {
        [
            "run_id": .string(id.text), "tenant": .string(tenant), "workflow": .string(workflow),
            "version": JSON(version), "status": .string(status.rawValue), "queue": .string(queue),
            "priority": JSON(priority), "key": JSON(key), "run_at": JSON(due),
            "deadline": JSON(deadline), "created_at": JSON(created), "ended_at": JSON(ended),
            "parent_run_id": JSON(parent?.text), "forked_from": JSON(origin?.text),
        ]
    }
}

extension LiveTask {
    var json: JSON {
        var members: [String: JSON] = [
            "task_id": .integer(id), "path": .string(step.path), "visit": JSON(step.visit),
            "kind": .string(kind.rawValue), "status": .string(status.rawValue),
            "attempt": JSON(attempt), "crashes": JSON(crashes), "queue": .string(queue),
            "priority": JSON(priority), "run_at": JSON(due), "worker": .null,
            "why": .string(reason),
        ]
        switch situation {
        case .executing(let holder), .abandoned(let holder):
            members["worker"] = [
                "id": .integer(holder.worker), "host": JSON(holder.host),
                "pid": JSON(holder.processID), "held_ms": JSON(holder.time),
                "silent_ms": JSON(holder.silence),
            ]
        default: break
        }
        return .object(members)
    }
}

extension OpenDecision {
    var json: JSON {
        [
            "decision_id": .integer(id), "run_id": .string(run.text),
            "workflow": .string(workflow), "key": JSON(key), "path": .string(step.path),
            "visit": JSON(step.visit), "subject": JSON(document: subject),
            "assignee": JSON(assignee), "due_at": JSON(due),
            "fallback": JSON(fallback), "created_at": JSON(created),
            "root_run_id": .string(root.run.text), "root_workflow": .string(root.workflow),
            "root_key": JSON(root.key),
        ]
    }
}

extension RecordedEvent {
    var json: JSON {
        [
            "seq": JSON(seq), "at": JSON(at), "kind": .string(kind), "path": JSON(path),
            "visit": JSON(visit), "attempt": JSON(attempt), "worker": JSON(worker.map(Int.init)),
            "took_ms": JSON(took), "data": JSON(document: data),
        ]
    }
}
