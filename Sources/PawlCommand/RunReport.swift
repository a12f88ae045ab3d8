import FoundationEssentials
import PawlCore
import PawlStore
import Postgres

/// All there is to know about a run.
struct RunReport: Sendable {
    let head: RunHead
    let input: [UInt8]?
    /// What the run gave, if it has completed.
    let output: [UInt8]?
    let tasks: [LiveTask]
    /// The questions that the run waits for, those of runs that its steps wait for among them.
    let decisions: [OpenDecision]
    let events: [RecordedEvent]

    init?(of run: UUID, in session: Session) throws {
        guard let head = try session.run(run) else { return nil }
        var events: [RecordedEvent] = []
        repeat {
            events += try session.events(of: run, after: events.last?.seq ?? 0, limit: 1_000)
        } while events.count % 1_000 == 0 && !events.isEmpty && events.last?.seq == events.count
        self.head = head
        self.events = events
        input = try session.input(of: run)
        output = head.status == .completed ? try session.lastOutput(of: run) : nil
        tasks = try session.tasks(of: run)
        decisions = head.status.isFinal ? [] : try session.openDecisions(of: run, limit: 100)
    }

    /// What happened that the run is paused, or ended without an output; `nil` if neither is so.
    var halt: (at: Instant, data: JSON)? {
        let kind: Event.Kind
        switch head.status {
        case .paused: kind = .runPaused
        case .failed: kind = .runFailed
        case .cancelled: kind = .runCancelled
        case .pending, .running, .waiting, .completed: return nil
        }
        guard let event = events.last(where: { $0.kind == kind.rawValue }) else { return nil }
        return (event.at, JSON(document: event.data))
    }

    /// Whether the run failed at a step, and not by its deadline.
    var canBeRetried: Bool {
        guard head.status == .failed else { return false }
        let retried = events.last { $0.kind == Event.Kind.runRetried.rawValue }?.seq ?? 0
        // If one more step ran last, the run was decided to fail before it.
        let decided = events.first {
            $0.seq > retried
                && [Event.Kind.runFailed.rawValue, Event.Kind.runEnding.rawValue].contains($0.kind)
        }
        return decided?.path != nil && decided?.path != "@deadline"
    }

    var json: JSON {
        let status = head.status
        return [
            "run": head.json, "input": JSON(document: input), "output": JSON(document: output),
            "failure": status == .failed ? halt?.data ?? .null : .null,
            "paused": status == .paused ? halt?.data ?? .null : .null,
            "tasks": .array(tasks.map(\.json)),
            "waits_for": .array(tasks.compactMap(\.wait) + decisions.map(\.wait)),
            "decisions": .array(decisions.filter { $0.run == head.id }.map(\.json)),
            "events": .array(events.map(\.json)),
        ]
    }
}

extension LiveTask {
    /// What the step waits for, unless it is a question.
    fileprivate var wait: JSON? {
        guard case .awaiting(_, let kind, let subject, _, let until) = situation,
            kind != "decision"
        else { return nil }
        var members = JSON(document: subject).objectValue ?? [:]
        members["kind"] = .string(kind)
        members["path"] = .string(step.path)
        members["visit"] = JSON(step.visit)
        members["until"] = JSON(until)
        return .object(members)
    }
}

extension OpenDecision {
    fileprivate var wait: JSON {
        var members = json.objectValue ?? [:]
        members["kind"] = "decision"
        return .object(members)
    }
}
