import FoundationEssentials
import Pawl
import PawlStore
import PawlTesting
import Testing

// Graphs, and what tests ask of their runs.
extension Workshop {
    /// Defines a workflow that goes from `start` through the nodes of `way` to `end`.
    ///
    /// `nodes` are all but those two, as JSON; `settings` are further members of the definition.
    func define(
        _ name: String,
        _ way: [String],
        _ nodes: String...,
        settings: String = "",
        edges: String = ""
    ) async throws {
        let stops = ["start"] + way + ["end"]
        let line = zip(stops, stops.dropFirst()).map {
            #"{"source": "\#($0)", "target": "\#($1)"}"#
        }
        let all =
            [#"{"id": "start", "type": "start"}"#] + nodes + [#"{"id": "end", "type": "end"}"#]
        try await define(
            """
            {"id": "\(name)"\(settings.isEmpty ? "" : ", \(settings)"),
             "nodes": [\(all.joined(separator: ",\n"))],
             "edges": [\((line + (edges.isEmpty ? [] : [edges])).joined(separator: ", "))]}
            """
        )
    }

    /// Enqueues a run and waits until it has that status.
    @discardableResult
    func run(
        _ workflow: String,
        _ input: JSON = [:],
        toBe status: RunStatus = .completed
    ) async throws -> UUID {
        let run = try await client.enqueue(workflow, input)
        try await wait(for: run, toBe: status)
        return run
    }

    func openDecision(of run: UUID) async throws -> Int64 {
        let open = try await database.pool.run { try $0.openDecisions(of: run, limit: 10) }
        return try #require(open.count == 1 ? open.first?.id : nil)
    }

    /// The output that a step completed with; `nil` if it has not, or has none.
    func output(of run: UUID, _ path: String) async throws -> JSON? {
        let text = try await database.pool.run { session in
            try session.query(
                """
                select data from pawl.event
                where run_id = \(run) and path = \(path)
                  and kind in ('step_completed', 'run_completed')
                order by seq desc limit 1
                """
            ).first?.decode(JSONText?.self, at: 0)?.bytes
        }
        return try text.map { try JSON(parsing: $0) }
    }

    /// What the run's end says.
    func end(of run: UUID) async throws -> JSON? {
        let text = try await database.pool.run { session in
            try session.query(
                """
                select data from pawl.event
                where run_id = \(run) and kind in ('run_completed', 'run_failed', 'run_cancelled')
                order by seq desc limit 1
                """
            ).first?.decode(JSONText?.self, at: 0)?.bytes
        }
        return try text.map { try JSON(parsing: $0) }
    }

    /// The runs of a workflow, oldest first.
    func runs(of workflow: String) async throws -> [UUID] {
        try await database.pool.run { session in
            try session.query(
                "select id from pawl.run where workflow = \(workflow) order by created_at, id"
            ).map { try $0.decode(UUID.self, at: 0) }
        }
    }

    /// Waits until a step of a run is at work.
    func waitUntilAtWork(_ run: UUID, _ path: String) async throws {
        try await eventually("\(path) is at work") {
            try await count(
                """
                select count(*) from pawl.task
                where run_id = \(run) and path = \(path) and worker is not null
                """
            ) == 1
        }
    }
}

/// Handlers that most tests of graphs use.
enum Hands {
    /// Says where it is, and what the node's config says.
    static let echo = Handler("echo") { (_: JSON, context) in
        [
            "at": JSON.string(context.step.path), "attempt": .integer(Int64(context.attempt)),
            "config": try context.config(as: JSON.self),
        ]
    }

    /// Gives what the node's config has under `give`.
    static let give = Handler("give") { (_: JSON, context) in
        try context.config(as: JSON.self)["give"] ?? .null
    }

    /// Fails for good, with the message in the node's config.
    static let fail = Handler("fail", retry: .never) { (_: JSON, context) -> Done in
        let config = try context.config(as: JSON.self)
        throw HandlerError.permanent(config["message"]?.stringValue ?? "no")
    }

    /// Works until it is cancelled, and counts that in `ends`.
    static func endless(_ ends: Tally = Tally()) -> Handler {
        Handler("endless", retry: .never) { (_: JSON, _) -> Done in
            do { try await Task.sleep(for: .seconds(3_600)) } catch {
                await ends.up()
                throw error
            }
            return Done()
        }
    }

    /// Works until `gate` opens, whatever anybody says.
    static func stubborn(
        _ gate: Gate,
        _ begun: Tally = Tally(),
        _ ended: Tally = Tally()
    )
        -> Handler
    {
        Handler("stubborn", retry: .never) { (_: JSON, _) in
            await begun.up()
            await gate.pass()
            await ended.up()
            return "late"
        }
    }

    /// Fails as often as it is told to, and then gives the number of its calls.
    static func moody(_ calls: Tally, failures: Int = 1) -> Handler {
        Handler("moody", retry: .never) { (_: JSON, _) in
            let call = await calls.up()
            if call <= failures { throw HandlerError.permanent("not today") }
            return call
        }
    }
}

/// How many are at work at once.
actor Crowd {
    private var present = 0
    private(set) var most = 0
    private(set) var visits = 0

    func enter() {
        present += 1
        visits += 1
        most = max(most, present)
    }

    func leave() { present -= 1 }
}
