import FoundationEssentials
import PawlCore
import PawlStore
import PawlTesting
import Postgres

/// A database, and what tests of the store do with it again and again.
struct Storeroom: Sendable {
    let database = TestDatabase.current

    func run<Output: Sendable>(
        _ body: @Sendable (Session) throws -> Output
    ) async throws -> Output {
        try await database.pool.run(body)
    }

    /// A connection of one's own, on which a transaction may stay open.
    func connect() async throws -> Connection {
        let connection = try Connection(database.configuration)
        try await connection.open()
        return connection
    }

    /// Defines workflows: a job by default, or graphs from their texts.
    func define(_ definitions: Definition...) async throws {
        for definition in definitions.isEmpty ? [.job("job")] : definitions {
            try await run { _ = try $0.define(definition, makesCurrent: true) }
        }
    }

    func execute(_ statement: SQL) async throws {
        try await run { _ = try $0.execute(statement) }
    }

    func count(_ statement: SQL) async throws -> Int {
        try await run { try $0.query(statement)[0].decode(Int.self, at: 0) }
    }

    /// The first column of what a statement returns, which is text.
    func texts(_ statement: SQL) async throws -> [String] {
        try await run { try $0.query(statement).map { try $0.decode(String.self, at: 0) } }
    }

    /// The only text that a statement returns.
    func text(_ statement: SQL) async throws -> String? {
        let all = try await texts(statement)
        return all.count == 1 ? all[0] : nil
    }

    func enqueue(
        _ workflow: String = "job",
        _ input: JSON = [:],
        _ options: EnqueueOptions = EnqueueOptions()
    ) async throws -> UUID {
        try await run { try $0.enqueue(workflow, input.serialized(), options) }
    }

    func worker(lease: Duration = .seconds(10)) async throws -> Int64 {
        try await run { try $0.register(.test(lease: lease)) }
    }

    func claim(
        _ limit: Int = 100,
        from queue: String = "default",
        for worker: Int64
    ) async throws -> [Claim] {
        try await run { try $0.claim(limit, from: queue, for: worker) }
    }

    /// Enqueues a run, and claims its first task.
    func claimNew(_ workflow: String = "job", for worker: Int64) async throws -> Claim {
        let run = try await enqueue(workflow)
        return try await claim(for: worker).only { $0.run == run }
    }

    /// Settles a claim with an outcome; what its phase says, if none is given.
    @discardableResult
    func settle(_ claim: Claim, _ outcome: Outcome? = nil) async throws -> Bool {
        try await run { session in
            try session.settle([session.settlement(of: claim, outcome)]).tasks.contains(claim.task)
        }
    }

    /// Claims and settles until nothing is due.
    func finish(for worker: Int64) async throws {
        while case let claims = try await claim(for: worker), !claims.isEmpty {
            for claim in claims { try await settle(claim) }
        }
    }

    func status(of run: UUID) async throws -> RunStatus? {
        try await self.run { try $0.status(of: run) }
    }

    /// The kinds of a run's events, in order, with the step where there is one.
    func transcript(of run: UUID) async throws -> [String] {
        try await self.run { session in
            try session.events(of: run).map { event in
                guard let path = event.path, let visit = event.visit else { return event.kind }
                return "\(event.kind) \(StepID(path: path, visit: visit))"
            }
        }
    }

    /// Everything that the tables hold, as text: to see that nothing was written.
    func image() async throws -> [String] {
        var lines: [String] = []
        for table in [
            "run", "run_key", "task", "event", "wait", "scope", "checkpoint", "schedule",
            "schedule_fire", "workflow", "definition", "worker",
        ] {
            let rows: SQL = SQL(verbatim: "select t::text from pawl.\(table) t order by 1")
            lines += try await texts(rows).map { "\(table) \($0)" }
        }
        return lines
    }

    /// What the invariants find, a line each.
    func violations() async throws -> [String] {
        try await run { session in
            try session.verify().flatMap { found in
                found.violations.map { "\(found.invariant.name): \($0)" }
            }
        }
    }

    /// The error that a statement ends with, or `nil`.
    func refusal(of statement: SQL) async throws -> PostgresError? {
        do {
            try await execute(statement)
            return nil
        } catch let error as PostgresError {
            return error
        }
    }

    /// Waits until that many sessions stand at a lock.
    func waitForBlocked(_ number: Int = 1) async throws {
        try await eventually("\(number) wait for a lock") {
            try await count(
                """
                select count(*) from pg_stat_activity
                where datname = current_database() and wait_event_type = 'Lock'
                """
            ) == number
        }
    }
}

extension WorkerRecord {
    static func test(lease: Duration = .seconds(10)) -> WorkerRecord {
        WorkerRecord(
            host: "here",
            processID: 7,
            version: "1",
            queues: ["default"],
            kinds: ["job", "work"],
            slots: 4,
            lease: lease
        )
    }
}

extension Session {
    /// What follows from an outcome; from what the claim's phase says, if none is given.
    func settlement(
        of claim: Claim,
        _ outcome: Outcome? = nil,
        isKept: Bool = false,
        retry: RetryPolicy = .never
    ) throws -> Settlement {
        guard let text = try definitionText(of: claim.workflow, version: claim.version) else {
            throw Missing()
        }
        let planner = Planner(try Definition(json: JSON(parsing: text)))
        var known = [claim.run: KnownRun(input: claim.input, run: claim.run)]
        try learn(&known)
        guard let known = known[claim.run] else { throw Missing() }
        let step = Step(
            claim.step,
            kind: claim.kind,
            attempt: claim.attempt,
            crashes: claim.crashes,
            hops: claim.hops
        )
        let transition = planner.plan(
            step,
            try outcome ?? self.outcome(of: claim),
            in: known.projection,
            retry: retry
        )
        return Settlement(
            of: claim,
            transition,
            isKept: isKept,
            startsRun: !claim.runIsRunning,
            hasCheckpoints: true,
            knownSeq: known.seq
        )
    }

    private func outcome(of claim: Claim) throws -> Outcome {
        switch (claim.phase, claim.kind) {
        case (.skip, _): .skipped
        case (.enter, .handler): .completed(output: Array(#"{"done": true}"#.utf8))
        case (.enter, _): .entered
        case (.resume, _):
            .resumed(answer: try answers(to: [claim.task])[claim.task] ?? Array("{}".utf8))
        case (.wait, _): .expired
        }
    }
}

/// A test asked for something that is not there.
struct Missing: Error {}

extension Sequence {
    /// The one element that fits.
    func only(_ fits: (Element) throws -> Bool = { _ in true }) throws -> Element {
        let fitting = try filter(fits)
        guard fitting.count == 1 else { throw Missing() }
        return fitting[0]
    }
}
