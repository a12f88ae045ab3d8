package import FoundationEssentials
package import PawlCore
package import Postgres

/// A task that a worker holds, and what it needs to execute it.
package struct Claim: Sendable {
    /// What stays as it is while its holder goes on with it.
    private let head: Head
    package private(set) var fence: Int64
    package private(set) var step: StepID
    package private(set) var kind: Node.Kind
    package private(set) var phase: Phase
    package private(set) var attempt: Int
    package private(set) var crashes: Int
    package private(set) var hops: Int
    /// Whether the head of the run says already that it runs.
    package private(set) var runIsRunning: Bool

    package var task: Int64 { head.task }
    /// The worker that holds it.
    package var worker: Int64 { head.worker }
    package var run: UUID { head.run }
    package var tenant: String { head.tenant }
    package var workflow: String { head.workflow }
    package var version: Int { head.version }
    package var queue: String { head.queue }
    /// The key that the run was enqueued with.
    package var key: String? { head.key }
    /// Whether the run may have more in the frontier than its steps, which its end must take: its
    /// deadline, or the task that cancels it with the run that it belongs to.
    package var hasCompany: Bool { head.hasCompany }
    /// The run's input, as a JSON text.
    package var input: [UInt8] { head.input }

    private final class Head: Sendable {
        let task: Int64
        let worker: Int64
        let run: UUID
        let tenant: String
        let workflow: String
        let version: Int
        let queue: String
        let key: String?
        let hasCompany: Bool
        let input: [UInt8]

        init(row: Row, queue: String, worker: Int64, input: [UInt8]) throws(PostgresError) {
            self.queue = queue
            self.worker = worker
            self.input = input
            task = try row.decode(Int64.self, at: 0)
            run = try row.decode(UUID.self, at: 2)
            tenant = try row.decode(String.self, at: 3)
            workflow = try row.decode(String.self, at: 4)
            version = Int(try row.decode(Int32.self, at: 5))
            key = try row.decode(String?.self, at: 6)
            hasCompany = try row.decode(Bool.self, at: 15)
        }
    }

    /// Why a task is due.
    package enum Phase: String, Sendable {
        /// Its step is to be executed.
        case enter
        /// Nothing came of what it waited for, and its time is here.
        case wait
        /// What it waited for came.
        case resume
        /// Someone passes its step over.
        case skip
    }
}

extension Claim {
    /// The claim of the step that the task was moved to while its holder kept it.
    package func moved(to position: Transition.Position) -> Claim {
        var claim = self
        claim.fence += 1
        claim.step = position.step
        claim.kind = position.kind
        claim.phase = .enter
        claim.attempt = 1
        claim.crashes = 0
        claim.hops = position.hops
        claim.runIsRunning = true
        return claim
    }
}

extension Session {
    /// Claims up to `limit` due tasks of `queue` for `worker`, and returns them most urgent first.
    ///
    /// Tasks that another worker is claiming at this moment are skipped, not waited for. Claims
    /// nothing for a worker that was given up as lost. What lies before `place` is not looked at; it is
    /// then where the next claim may start.
    package func claim(
        _ limit: Int,
        from queue: String,
        after place: inout ClaimPlace,
        for worker: Int64
    ) throws(PostgresError) -> [Claim] {
        let rows = try query(
            """
            select * from pawl.claim(
              \(worker), \(queue), \(Int32(limit)), \(place.instants), \(place.tasks))
            """
        )
        var inputs: [UUID: [UInt8]] = [:]
        for row in rows {
            guard let input = try row.decode(JSONText?.self, at: 16)?.bytes else { continue }
            inputs[try row.decode(UUID.self, at: 2)] = input
        }
        var claims: [Claim] = []
        claims.reserveCapacity(rows.count)
        for row in rows {
            let input = inputs[try row.decode(UUID.self, at: 2)] ?? []
            let claim = try Claim(row: row, queue: queue, worker: worker, input: input)
            if let due = try row.decode(Instant?.self, at: 18) {
                place.pass(
                    claim.task,
                    dueAt: due,
                    priority: Int(try row.decode(Int16.self, at: 17))
                )
            }
            claims.append(claim)
        }
        return claims
    }
}

extension Session {
    /// Claims from the beginning of a queue.
    package func claim(
        _ limit: Int,
        from queue: String,
        for worker: Int64
    ) throws(PostgresError) -> [Claim] {
        var beginning = ClaimPlace()
        return try claim(limit, from: queue, after: &beginning, for: worker)
    }
}

extension SQL {
    /// Makes the statements after it, up to the end of the transaction, use indexes.
    ///
    /// The frontier is empty one minute and has a million rows in the next. A plan that was made
    /// for an empty table, and kept, would read all of it. Compiling such a plan to machine code,
    /// which its artificial cost would call for, takes longer than to execute it. No two rows of a
    /// settlement ask for the same, so that remembering answers only costs.
    static var byIndex: SQL {
        """
        select set_config('enable_seqscan', 'off', true), set_config('jit', 'off', true),
          set_config('enable_memoize', 'off', true)
        """
    }

    /// The same, and lets them wait so long for each lock, and no longer.
    static func byIndex(waitingForLocks patience: Duration) -> SQL {
        let milliseconds = max(Int(patience / .milliseconds(1)), 1)
        return """
            select set_config('enable_seqscan', 'off', true), set_config('jit', 'off', true),
              set_config('enable_memoize', 'off', true), set_config('lock_timeout', \("\(milliseconds)ms"), true)
            """
    }
}

extension Claim {
    fileprivate init(
        row: Row,
        queue: String,
        worker: Int64,
        input: [UInt8]
    ) throws(PostgresError) {
        head = try Head(row: row, queue: queue, worker: worker, input: input)
        fence = try row.decode(Int64.self, at: 1)
        step = StepID(
            path: try row.decode(String.self, at: 7),
            visit: Int(try row.decode(Int32.self, at: 8))
        )
        kind = Node.Kind(rawValue: try row.decode(String.self, at: 9))
        phase = Phase(rawValue: try row.decode(String.self, at: 10)) ?? .enter
        attempt = Int(try row.decode(Int32.self, at: 11))
        crashes = Int(try row.decode(Int32.self, at: 12))
        hops = Int(try row.decode(Int32.self, at: 13))
        runIsRunning = try row.decode(Bool.self, at: 14)
    }
}
