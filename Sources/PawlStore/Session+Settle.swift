package import FoundationEssentials
import PawlCore
package import Postgres

// What follows from finished steps, written at once.
//
//   lock runs ─▶ what came too late ─▶ abandoned steps ─▶ events ─▶ ends of scopes and waits ─▶ new scopes, children, waits,
//             runs ─▶ checkpoints ─▶ heads ─▶ tasks
//
// Invariants:
//   (1) The runs are locked in a statement of its own, in the order of their ids. What is read after
//       that, the last `seq` above all, is read with a snapshot from after the lock.
//   (2) Every statement names task and fence, and the tasks change last: until then all statements
//       see the same holders. A settlement whose fence is gone writes nothing at all.
//   (3) A settled task has another fence, so that writing the same settlement twice writes it once.
//   (4) The settlements of a run in a batch are numbered together, and what they mean to a container
//       is added up, so that they come to the same as one after the other. One that ends its run, or
//       takes a signal, is the only one of its run in a batch.
//   (5) A scope or wait that a task leaves is closed before the next one is opened: a join may lead
//       straight to another container, a fallback to another question, and both have the task's id.

extension Session {
    /// Writes a batch of settlements in one transaction and one round trip.
    ///
    /// A settlement that takes a signal which another step has taken meanwhile, or that ends a run by
    /// its deadline while the run ends anyhow, is not written, and its task is due again, as it was.
    ///
    /// - Returns: The tasks that were still held; what the others came to was not written.
    /// - Throws: With ``SQLState/lockNotAvailable`` if a run is locked for longer than `patience`;
    ///   nothing is written then.
    package func settle(
        _ batch: [Settlement],
        patience: Duration? = nil
    ) throws(PostgresError) -> Settled {
        var statements = SettlementStatements(batch, patience: patience)
        let results = try pipeline(statements.make())
        var settled = Settled()
        for index in statements.reporting {
            for row in results[index] {
                let task = try row.decode(Int64.self, at: 0)
                settled.tasks.insert(task)
                if try row.decode(Bool.self, at: 1) { settled.kept.insert(task) }
            }
        }
        if let numbering = statements.numbering {
            for row in results[numbering] {
                let run = try row.decode(UUID.self, at: 0)
                let seq = Int(try row.decode(Int32.self, at: 1))
                settled.lastSeqs[run] = max(settled.lastSeqs[run] ?? 0, seq)
            }
        }
        return settled
    }

    /// Lets the server end this transaction when its client says nothing for that long.
    ///
    /// A worker that was stopped or cut off in the middle would otherwise keep its locks, and nobody
    /// could take its steps over.
    package func endTransactionIfIdle(for limit: Duration) throws(PostgresError) {
        let milliseconds = max(Int(limit / .milliseconds(1)), 1)
        _ = try query(
            """
            select set_config('idle_in_transaction_session_timeout', \("\(milliseconds)ms"), true)
            """
        )
    }

    /// Tells which runs nobody has locked at the moment.
    package func unlocked(_ runs: [UUID]) throws(PostgresError) -> Set<UUID> {
        let rows = try query(
            """
            select r.id
            from unnest(\(runs)::uuid[]) as u (id)
            join pawl.run r on r.id = u.id
            for update of r skip locked
            """
        )
        var free: Set<UUID> = []
        for row in rows { free.insert(try row.decode(UUID.self, at: 0)) }
        return free
    }

    /// Tells which tasks a batch moved and left with their holder, when its commit was not
    /// acknowledged.
    ///
    /// Such a task carries the next fence. One that was deleted is not there either way, and its
    /// holder is done with it.
    package func kept(_ batch: [Settlement]) throws(PostgresError) -> Set<Int64> {
        let tasks = batch.map(\.task)
        let fences = batch.map { $0.fence + 1 }
        let workers = batch.map(\.worker)
        let rows = try query(
            """
            select t.id
            from unnest(\(tasks)::bigint[], \(fences)::bigint[], \(workers)::bigint[])
              as s (task, fence, worker)
            join pawl.task t on t.id = s.task and t.fence = s.fence and t.worker = s.worker
            """
        )
        var moved: Set<Int64> = []
        for row in rows { moved.insert(try row.decode(Int64.self, at: 0)) }
        return moved
    }
}

extension SQL {
    /// Locks runs.
    ///
    /// What a later statement of the transaction reads of them stays as it is.
    static func lock(_ runs: [UUID]) -> SQL {
        // Looked up one by one: a list of ids would be searched for in every partition.
        """
        select r.id
        from unnest(\(runs)::uuid[]) as u (id)
        join pawl.run r on r.id = u.id
        order by r.id
        for update of r
        """
    }

    /// Lets the statements after it in the transaction wait so long for each lock, and no longer.
    static func waitForLocks(_ patience: Duration) -> SQL {
        let milliseconds = max(Int(patience / .milliseconds(1)), 1)
        return "select set_config('lock_timeout', \("\(milliseconds)ms"), true)"
    }

    /// Notes the time for the statements after it in the transaction, which need not ask each.
    ///
    /// It comes after the runs were locked: events would else be in one order and their times in
    /// another.
    static var noteTime: SQL { "select set_config('pawl.at', pawl.now()::text, true)" }

    /// The time that was noted.
    static var notedTime: SQL { "(select current_setting('pawl.at')::timestamptz)" }
}

/// What was written of a batch.
package struct Settled: Sendable {
    /// The tasks that were still held.
    package var tasks: Set<Int64> = []
    /// Of them, those that their holder goes on with.
    package var kept: Set<Int64> = []
    /// The number of the last event of each run to which events were appended.
    package var lastSeqs: [UUID: Int] = [:]
}

/// The statements of one batch, those left out that would write nothing.
struct SettlementStatements {
    let batch: [Settlement]
    private let patience: Duration?
    var statements: [SQL] = []
    /// The statements that return the tasks which were held.
    private(set) var reporting: [Int] = []
    /// The statement that returns the numbers of events.
    private(set) var numbering: Int?

    init(_ batch: [Settlement], patience: Duration?) {
        self.patience = patience
        assert(
            batch.allSatisfy { one in
                !one.needsRunForItself || batch.filter { $0.run == one.run }.count == 1
            },
            "(4)"
        )
        self.batch = batch
    }

    mutating func make() -> [SQL] {
        let runs = Array(Set(batch.map(\.run)))
        statements = [patience.map { .byIndex(waitingForLocks: $0) } ?? .byIndex]
        statements += [.lock(runs), .noteTime]  // (1)
        appendRefusals()
        appendAbandonments()  // Before the event that may end the run.
        appendEvents()
        appendClosings()  // (5)
        appendArrivals()
        appendResolutions()
        appendDrops()
        appendContainers()
        appendWaits()
        appendSpawns()
        appendCheckpoints()
        appendHeads()
        appendTasks()
        appendAlerts()
        appendSweeps()
        appendPauses()
        appendStatuses()
        return statements
    }

    private mutating func appendEvents() {
        var columns = EventColumns()
        for settlement in batch {
            for event in settlement.transition.events { columns.append(event, of: settlement) }
        }
        guard !columns.isEmpty else { return }
        numbering = statements.count
        statements.append(columns.insert)
    }

    /// What came too late for what has happened meanwhile.
    private mutating func appendRefusals() {
        let doubtful = batch.flatMap { settlement in
            settlement.objections.map { (settlement, $0) }
        }
        if !doubtful.isEmpty {
            statements.append(
                """
                update pawl.task t
                set worker = null, claimed_at = null, attempt = t.attempt - 1, fence = t.fence + 1
                from unnest(\(doubtful.map(\.0.task))::bigint[],
                            \(doubtful.map(\.0.fence))::bigint[],
                            \(doubtful.map { Int32($0.0.knownSeq) })::int[],
                            \(doubtful.map(\.1.kind.rawValue))::text[],
                            \(doubtful.map { $0.1.data.map { JSONText($0) } })::json[])
                  as s (task, fence, seq, kind, data)
                \(.held(by: "s", as: "held"))
                where t.ctid = held.place
                  and exists (
                    select from pawl.event e
                    where e.run_id = t.run_id and e.seq > s.seq and e.kind = s.kind
                      and (s.data is null or e.data ->> 'number' = s.data ->> 'number'))
                """
            )
        }
        let cancelling = batch.filter(\.transition.sweepsRest)
        guard !cancelling.isEmpty else { return }
        // The run ended by itself while its time ran out, or the one that it belongs to ended.
        statements.append(
            """
            delete from pawl.task t
            using unnest(\(cancelling.map(\.task))::bigint[], \(cancelling.map(\.fence))::bigint[])
                as c (task, fence)
            \(.held(by: "c", as: "held"))
            join pawl.run r on r.id = held.run_id
            where t.ctid = held.place and r.ended_at is not null
            """
        )
    }

    private mutating func appendCheckpoints() {
        let leaving = batch.filter(\.hasCheckpoints)
        guard !leaving.isEmpty else { return }
        statements.append(
            """
            delete from pawl.checkpoint c
            using unnest(\(leaving.map(\.task))::bigint[], \(leaving.map(\.fence))::bigint[],
                         \(leaving.map(\.step.path))::text[],
                         \(leaving.map { Int32($0.step.visit) })::int[])
              as l (task, fence, path, visit)
            \(.held(by: "l"))
            where c.run_id = t.run_id and c.path = l.path and c.visit = l.visit
            """
        )
    }

    private mutating func appendHeads() {
        let ending = batch.filter { $0.transition.ending != nil }
        if !ending.isEmpty {
            statements.append(
                """
                update pawl.run r
                set status = e.status, ended_at = \(.notedTime)
                from unnest(\(ending.map(\.task))::bigint[], \(ending.map(\.fence))::bigint[],
                            \(ending.map { $0.transition.ending?.rawValue })::text[])
                  as e (task, fence, status)
                \(.held(by: "e"))
                where r.id = t.run_id and r.ended_at is null
                """
            )
        }
        let starting = batch.filter(\.startsRun)
        guard !starting.isEmpty else { return }
        statements.append(
            """
            update pawl.run r
            set status = 'running'
            from unnest(\(starting.map(\.task))::bigint[], \(starting.map(\.fence))::bigint[])
              as s (task, fence)
            \(.held(by: "s"))
            where r.id = t.run_id and r.status in ('pending', 'waiting')
            """
        )
    }

    private mutating func appendTasks() {
        var moves = MoveColumns()
        for settlement in batch { moves.append(settlement) }
        if !moves.isEmpty {
            reporting.append(statements.count)
            statements.append(moves.update)
        }
        let dropped = batch.filter { $0.transition.disposition == .drop }
        guard !dropped.isEmpty else { return }
        reporting.append(statements.count)
        statements.append(
            """
            delete from pawl.task t
            using unnest(\(dropped.map(\.task))::bigint[], \(dropped.map(\.fence))::bigint[])
              as d (task, fence)
            \(.held(by: "d", as: "held"))
            where t.ctid = held.place
            returning t.id, false
            """
        )
    }

    private mutating func appendSweeps() {
        let runs = batch.filter(\.sweeps).map(\.run)
        guard !runs.isEmpty else { return }
        statements.append(
            """
            select pawl.sweep(r.id) from pawl.run r
            where r.id = any(\(runs)) and r.ended_at is not null
            """
        )
    }

    /// Whether a run waits or runs is read off its tasks, so it needs no fence.
    private mutating func appendPauses() {
        let pausing = batch.filter(\.transition.pauses).map(\.run)
        guard !pausing.isEmpty else { return }
        statements.append(
            """
            update pawl.task set queue = '@paused'
            where run_id = any(\(pausing)) and kind not in ('@deadline', '@cancel')
            """
        )
        statements.append(
            "update pawl.run set status = 'paused' where id = any(\(pausing)) and ended_at is null"
        )
    }

    private mutating func appendStatuses() {
        let runs = batch.filter { settlement in
            if case .park = settlement.transition.disposition { return true }
            return settlement.transition.arrival != nil
        }.map(\.run)
        guard !runs.isEmpty else { return }
        statements.append(
            """
            update pawl.run r
            set status = s.status
            from (
              select u.id,
                case when exists (
                  select from pawl.task t
                  where t.run_id = u.id and t.phase in ('enter', 'resume', 'skip')
                ) then 'running' else 'waiting' end as status
              from unnest(\(runs)::uuid[]) as u (id)
            ) s
            where r.id = s.id and r.status in ('running', 'waiting') and r.status <> s.status
            """
        )
    }
}
