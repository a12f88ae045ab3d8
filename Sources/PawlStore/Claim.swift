package import FoundationEssentials
package import PawlCore
package import Postgres

/// A task that a worker holds, and what it needs to execute it.
package struct Claim: Sendable {
    package let task: Int64
    package private(set) var fence: Int64
    /// The worker that holds it.
    package let worker: Int64
    package let run: UUID
    package let tenant: String
    package let workflow: String
    package let version: Int
    package let queue: String
    /// The key that the run was enqueued with.
    package let key: String?
    package private(set) var step: StepID
    package private(set) var kind: Node.Kind
    package private(set) var phase: Phase
    package private(set) var attempt: Int
    package private(set) var crashes: Int
    package private(set) var hops: Int
    /// Whether the head of the run says already that it runs.
    package private(set) var runIsRunning: Bool
    /// Whether the run may have more in the frontier than its steps, which its end must take: its
    /// deadline, or the task that cancels it with the run that it belongs to.
    package let hasCompany: Bool
    /// The run's input, as a JSON text.
    package let input: [UInt8]

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
    /// nothing for a worker that was given up as lost.
    package func claim(
        _ limit: Int,
        from queue: String,
        for worker: Int64
    ) throws(PostgresError)
        -> [Claim]
    {
        let results = try pipeline([
            .byIndex,
            // `materialized`, because the locking read must run once: run again, it would lock and
            // claim more than the limit. Priorities one after the other, because a range of
            // `run_at` is contiguous in the index only within one.
            """
            with alive as materialized (
              select id from pawl.worker where id = \(worker) and lost_at is null for key share
            ),
            picked as materialized (
              select due.id
              from alive, generate_series(0, 9) as urgency
              cross join lateral (
                select id from pawl.task
                where queue = \(queue) and priority = urgency
                  and run_at <= (select pawl.now()) and worker is null
                order by run_at, id
                limit \(limit)
                for update skip locked
              ) due
              limit \(limit)
            ),
            claimed as (
              update pawl.task t
              set worker = \(worker), claimed_at = (select pawl.now()),
                  attempt = t.attempt + 1, fence = t.fence + 1
              from picked, pawl.run r
              where t.id = picked.id and r.id = t.run_id
              returning t.id, t.fence, t.run_id, r.tenant, r.workflow, r.version, t.queue, r.key,
                t.path, t.visit, t.kind, t.phase, t.attempt, t.crashes, t.hops,
                r.status = 'running' as is_running,
                r.deadline is not null or r.parent_task is not null as has_company, r.input,
                t.priority, t.run_at
            )
            -- An input may be large, and its run may have thousands of steps: it is sent once.
            select c.id, c.fence, c.run_id, c.tenant, c.workflow, c.version, c.queue, c.key, c.path,
              c.visit, c.kind, c.phase, c.attempt, c.crashes, c.hops, c.is_running, c.has_company,
              case when row_number() over (partition by c.run_id) = 1 then c.input end
            from claimed c
            order by c.priority, c.run_at, c.id
            """,
        ])
        var inputs: [UUID: [UInt8]] = [:]
        for row in results[1] {
            guard let input = try row.decode(JSONText?.self, at: 17)?.bytes else { continue }
            inputs[try row.decode(UUID.self, at: 2)] = input
        }
        var claims: [Claim] = []
        claims.reserveCapacity(results[1].count)
        for row in results[1] {
            let input = inputs[try row.decode(UUID.self, at: 2)] ?? []
            claims.append(try Claim(row: row, worker: worker, input: input))
        }
        return claims
    }
}

extension SQL {
    /// Makes the statements after it, up to the end of the transaction, use indexes.
    ///
    /// The frontier is empty one minute and has a million rows in the next. A plan that was made
    /// for an empty table, and kept, would read all of it. Compiling such a plan to machine code,
    /// which its artificial cost would call for, takes longer than to execute it.
    static var byIndex: SQL {
        """
        select set_config('enable_seqscan', 'off', true), set_config('jit', 'off', true)
        """
    }
}

extension Claim {
    fileprivate init(row: Row, worker: Int64, input: [UInt8]) throws(PostgresError) {
        self.worker = worker
        task = try row.decode(Int64.self, at: 0)
        fence = try row.decode(Int64.self, at: 1)
        run = try row.decode(UUID.self, at: 2)
        tenant = try row.decode(String.self, at: 3)
        workflow = try row.decode(String.self, at: 4)
        version = Int(try row.decode(Int32.self, at: 5))
        queue = try row.decode(String.self, at: 6)
        key = try row.decode(String?.self, at: 7)
        step = StepID(
            path: try row.decode(String.self, at: 8),
            visit: Int(try row.decode(Int32.self, at: 9))
        )
        kind = Node.Kind(rawValue: try row.decode(String.self, at: 10))
        phase = Phase(rawValue: try row.decode(String.self, at: 11)) ?? .enter
        attempt = Int(try row.decode(Int32.self, at: 12))
        crashes = Int(try row.decode(Int32.self, at: 13))
        hops = Int(try row.decode(Int32.self, at: 14))
        runIsRunning = try row.decode(Bool.self, at: 15)
        hasCompany = try row.decode(Bool.self, at: 16)
        self.input = input
    }
}
