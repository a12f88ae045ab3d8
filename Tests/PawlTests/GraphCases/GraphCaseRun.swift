import FoundationEssentials
import Pawl
import PawlCore
import PawlStore
import PawlTesting

/// Plays a case: its graph is executed by workers on PostgreSQL, and looked at through the history.
///
/// The engine goes as far as it can; what a case does step by step is a cursor in the history.
final class GraphCaseRun {
    private let one: GraphCase
    private let shop = Workshop()
    private let handlers: ScriptedHandlers
    private var run: UUID?
    private var refusal: InvalidDefinition?
    /// The visits to outermost nodes, and how many of them the case has seen.
    private var visits: [(node: String, status: String)] = []
    private var cursor = 0
    private var lastSeq = -1

    init(_ one: GraphCase) {
        self.one = one
        handlers = ScriptedHandlers(one.handlers)
    }

    private var workflow: String { one.graph["id"]?.stringValue ?? "" }

    /// What each operation of the case came to, in the form of its trace.
    func play() async throws -> [JSON] {
        var records: [JSON] = []
        for op in one.ops {
            var record = try await play(op)
            record["op"] = op["op"]
            if op["op"] != "validate", op["op"] != "roundtrip" {
                record["current_node_id"] = currentNode.map { .string($0) } ?? .null
                record["waiting"] = .bool(isWaiting)
            }
            records.append(.object(record))
        }
        return records
    }

    private func play(_ op: JSON) async throws -> [String: JSON] {
        switch op["op"]?.stringValue {
        case "validate": return ["errors": .array(errors.map { .string($0) })]
        case "roundtrip":
            let text = try Definition(json: one.graph).json
            return ["equal": .bool(try Definition(json: text).json == text), "to_dict": text]
        case "start":
            return try await attempt { try await self.start() }
        case "run":
            return try await attempt {
                try await self.start()
                while try await self.step() {}
            }
        case "step":
            var returned = false
            var record = try await attempt { returned = try await self.step() }
            if record["error"] == nil { record["returned"] = .bool(returned) }
            return record
        case "step_until_false":
            var returned: [JSON] = []
            var record = try await attempt {
                while true {
                    returned.append(.bool(try await self.step()))
                    if returned.last == false { return }
                }
            }
            if record["error"] == nil { record["returned"] = .array(returned) }
            return record
        case "stream": return try await stream(op)
        case "resume":
            return try await attempt { try await self.resume(op) }
        case "save_restore":
            return [:]  // Everything is in the database already; each operation starts from there.
        case "evaluate_edges":
            let next = try await successor(of: op["node_id"]?.stringValue ?? "")
            return ["next": next.map { .string($0) } ?? .null]
        case let unknown:
            throw GraphCase.Malformed(file: one.name, what: "unknown operation \(unknown ?? "")")
        }
    }

    /// What is wrong with the graph, in the words of the observed system.
    private var errors: [String] {
        let report = Definition.check(one.graph)
        return (report.errors + report.warnings.filter { $0.code == .unreachable }).map(\.message)
    }

    // The run, as it is in the database.

    private func start() async throws {
        guard run == nil else { return }
        do {
            try await shop.client.define(Definition(json: one.graph))
        } catch let error as InvalidDefinition {
            refusal = error
            throw error
        }
        run = try await shop.client.enqueue(workflow, one.trigger)
        try await advance()
    }

    /// Lets workers execute the run as far as it goes without anybody's help.
    private func advance() async throws {
        guard let run else { return }
        var configuration = Workshop.brisk
        configuration.failsStrangers = true
        let shop = shop
        try await shop.withWorker(handlers.all, configuration: configuration) {
            try await eventually("the run ends or waits") {
                let status = try await shop.client.status(of: run)
                if status?.isFinal ?? true { return true }
                guard status == .waiting else { return false }
                if try await shop.count("select count(*) from pawl.wait where status = 'open'") > 0
                {
                    return true
                }
                // It waits for a time, which comes at once.
                try await shop.database.advanceClock(by: .seconds(60))
                return false
            }
        }
        visits = try await items([.lifecycle], until: .recorded).compactMap { item in
            guard item.payload["phase"] == "complete", item.payload["parent"] == nil else {
                return nil
            }
            return (item.node ?? "", item.payload["status"]?.stringValue ?? "")
        }
        // A container waits with its children, and says nothing of itself.
        let path = try await shop.database.pool.run { session in
            try session.openDecisions(of: run, limit: 1).first?.step.path
        }
        if let path, visits.last?.status != "waiting" {
            visits.append((String(path.prefix { $0 != "." }), "waiting"))
        }
    }

    private func items(
        _ modes: Set<StreamMode>,
        after seq: Int = -1,
        until end: Client.StreamEnd
    ) async throws -> [StreamItem] {
        guard let run else { return [] }
        var items: [StreamItem] = []
        for try await item in shop.client.stream(run, modes: modes, after: seq, until: end) {
            items.append(item)
        }
        return items
    }

    // The case's view of it, a visit at a time.

    private var isWaiting: Bool {
        cursor == visits.count && visits.last?.status == "waiting"
    }

    private var currentNode: String? {
        if cursor < visits.count { return visits[cursor].node }
        guard let last = visits.last, last.status != "completed" else { return nil }
        return last.node
    }

    private func step() async throws -> Bool {
        guard let run else { return false }
        if cursor == visits.count {
            guard visits.last?.status == "failed" else { return false }
            try await shop.client.retry(run, by: "case")
            try await advance()
        }
        let visit = visits[cursor]
        cursor += 1
        switch visit.status {
        case "failed": throw try await failure()
        case "waiting": return true
        default: return cursor < visits.count
        }
    }

    private func stream(_ op: JSON) async throws -> [String: JSON] {
        let modes = (op["modes"]?.arrayValue ?? []).compactMap { mode in
            mode.stringValue.flatMap(StreamMode.init)
        }
        var events: [JSON] = []
        var record = try await attempt {
            try await self.start()
            let items = try await self.items(Set(modes), after: self.lastSeq, until: .recorded)
            events = items.map(\.json)
            self.lastSeq = items.last?.seq ?? self.lastSeq
            while try await self.step() {}
        }
        record["events"] = .array(events)
        return record
    }

    private func resume(_ op: JSON) async throws {
        guard let run else { throw Refused(type: "ExecutionError", message: "not started") }
        try await shop.client.answer(
            op["node_id"]?.stringValue ?? "",
            of: run,
            with: op["input"] ?? .null,
            by: "case"
        )
        try await advance()
        cursor += 1  // The end of the step that waited.
    }

    private func successor(of node: String) async throws -> String? {
        guard let run else { return nil }
        return try await shop.database.pool.run { session in
            try session.knowledge(of: run).flatMap { definition, known in
                Planner(definition).successor(of: node, in: known.projection)
            }
        }
    }

    // What went wrong, in the words of the observed system.

    private func attempt(_ body: () async throws -> Void) async throws -> [String: JSON] {
        let error: Refused
        do {
            try await body()
            return [:]
        } catch let refused as Refused {
            error = refused
        } catch let invalid as InvalidDefinition {
            let messages = invalid.problems.map(\.message).joined(separator: "; ")
            error = Refused(type: "GraphValidationError", message: messages)
        } catch let failure as Failure {
            error = Refused(type: "NoValidTransitionError", message: failure.message)
        } catch let refusal as PostgresError {
            error = Refused(type: "ExecutionError", message: refusal.message)
        }
        return [
            "error": [
                "type": .string(error.type), "message": .string(error.message),
                "is_execution_error": .bool(error.type != "GraphValidationError"),
            ]
        ]
    }

    private struct Refused: Error {
        let type: String
        let message: String
    }

    private func failure() async throws -> Refused {
        guard let run, let data = try await shop.data(of: run, "run_failed") else {
            return Refused(type: "ExecutionError", message: "unknown error")
        }
        let message = data["message"]?.stringValue ?? ""
        if data["code"] == "NO_VALID_TRANSITION" {
            return Refused(type: "NoValidTransitionError", message: message)
        }
        let isBare = message.hasPrefix("No handler registered")
        let node = visits.last?.node ?? ""
        return Refused(
            type: "ExecutionError",
            message: isBare ? message : "Node '\(node)' failed: \(message)"
        )
    }

    /// What the run knows at the end, where it stands, and how often handlers were called.
    func final() async throws -> JSON {
        [
            "context": try await context(), "handler_calls": handlers.counts,
            "current_node_id": currentNode.map { .string($0) } ?? .null,
            "waiting": .bool(isWaiting),
        ]
    }

    private func context() async throws -> JSON {
        guard let run else { return [:] }
        let known = try await shop.database.pool.run { try $0.knowledge(of: run) }
        guard let (definition, known) = known else { return [:] }
        let planner = Planner(definition)
        let first = Step(StepID(path: definition.nodes[0].id), kind: .start)
        var context: [String: JSON] = ["start": ["output": ["input": one.trigger]]]
        for node in definition.nodes {
            if node.kind == .start { context[node.id] = context["start"] }
            let output = planner.output(of: node.id, at: first, in: known.projection)
            guard let output else { continue }
            context[node.id] = ["output": try JSON(parsing: output)]
        }
        return .object(context)
    }
}
