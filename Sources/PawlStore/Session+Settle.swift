import FoundationEssentials
import PawlCore
package import Postgres

// What follows from finished steps, written at once.
//
//   lock runs ─▶ events ─▶ ends of scopes and waits ─▶ new scopes, children, waits ─▶ checkpoints
//             ─▶ heads ─▶ tasks
//
// Invariants:
//   (1) The runs are locked in a statement of its own, in the order of their ids. What is read after
//       that, the last `seq` above all, is read with a snapshot from after the lock.
//   (2) Every statement names task and fence, and the tasks change last: until then all statements
//       see the same holders. A settlement whose fence is gone writes nothing at all.
//   (3) A settled task has another fence, so that writing the same settlement twice writes it once.
//   (4) A batch has at most one settlement of a run: its events are numbered together.
//   (5) A scope or wait that a task leaves is closed before the next one is opened: a join may lead
//       straight to another container, a fallback to another question, and both have the task's id.

extension Session {
    /// Writes a batch of settlements in one transaction and one round trip.
    ///
    /// - Returns: The tasks that were still held; what the others came to was not written.
    package func settle(_ batch: [Settlement]) throws(PostgresError) -> Set<Int64> {
        var statements = SettlementStatements(batch)
        let results = try pipeline(statements.make())
        var held: Set<Int64> = []
        for index in statements.reporting {
            for row in results[index] { held.insert(try row.decode(Int64.self, at: 0)) }
        }
        return held
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

    /// Tells which tasks a batch was written for, when its commit was not acknowledged.
    ///
    /// A task that was moved carries the next fence and is still its holder's. One that was deleted
    /// is not there either way, and its holder is done with it.
    package func settled(_ batch: [Settlement]) throws(PostgresError) -> Set<Int64> {
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
        "select id from pawl.run where id = any(\(runs)) order by id for update"
    }
}

/// The statements of one batch, those left out that would write nothing.
private struct SettlementStatements {
    private let batch: [Settlement]
    private var statements: [SQL] = []
    /// The statements that return the tasks which were held.
    private(set) var reporting: [Int] = []

    init(_ batch: [Settlement]) {
        assert(Set(batch.map(\.run)).count == batch.count, "(4)")
        self.batch = batch
    }

    mutating func make() -> [SQL] {
        let runs = batch.map(\.run)
        statements = [
            .byIndex,
            .lock(runs),  // (1)
        ]
        appendEvents()
        appendArrivals()  // (5)
        appendExpiries()
        appendContainers()
        appendWaits()
        appendCheckpoints()
        appendHeads()
        appendTasks()
        appendSweeps()
        appendStatuses()
        return statements
    }

    private mutating func appendEvents() {
        var columns = EventColumns()
        for settlement in batch {
            for (index, event) in settlement.transition.events.enumerated() {
                columns.append(event, ordinal: index + 1, of: settlement)
            }
        }
        if !columns.isEmpty { statements.append(columns.insert) }
    }

    private mutating func appendContainers() {
        let opening = batch.filter { !$0.transition.children.isEmpty }
        guard !opening.isEmpty else { return }
        let tasks = opening.map(\.task)
        let fences = opening.map(\.fence)
        let counts = opening.map { Int32($0.transition.children.count) }
        let positions = opening.map { settlement -> Transition.Position in
            guard case .park(let position, _) = settlement.transition.disposition else {
                preconditionFailure("a container's task is parked at it")
            }
            return position
        }
        let paths = positions.map(\.step.path)
        let visits = positions.map { Int32($0.step.visit) }
        statements.append(
            """
            insert into pawl.scope (task_id, run_id, path, visit, total, remaining)
            select t.id, t.run_id, o.path, o.visit, o.total, o.total
            from unnest(\(tasks)::bigint[], \(fences)::bigint[], \(paths)::text[],
                        \(visits)::int[], \(counts)::int[]) as o (task, fence, path, visit, total)
            join pawl.task t on t.id = o.task and t.fence = o.fence
            """
        )
        let children = opening.flatMap { opened in opened.transition.children.map { (opened, $0) } }
        statements.append(
            """
            insert into pawl.task (run_id, parent, queue, priority, run_at, path, visit, kind, hops)
            select t.run_id, t.id, t.queue, t.priority, n.now, c.path, c.visit, c.kind, c.hops
            from unnest(\(children.map { $0.0.task })::bigint[],
                        \(children.map { $0.0.fence })::bigint[],
                        \(children.map { $0.1.step.path })::text[],
                        \(children.map { Int32($0.1.step.visit) })::int[],
                        \(children.map { $0.1.kind.rawValue })::text[],
                        \(children.map { Int32($0.1.hops) })::int[])
              with ordinality as c (task, fence, path, visit, kind, hops, position)
            join pawl.task t on t.id = c.task and t.fence = c.fence
            cross join (select pawl.now() as now) n
            order by c.position
            """
        )
    }

    private mutating func appendArrivals() {
        let joining = batch.filter(\.closesScope)
        if !joining.isEmpty {
            statements.append(
                """
                delete from pawl.scope s
                using unnest(\(joining.map(\.task))::bigint[], \(joining.map(\.fence))::bigint[])
                  as j (task, fence)
                join pawl.task t on t.id = j.task and t.fence = j.fence
                where s.task_id = t.id
                """
            )
        }
        let arriving = batch.filter(\.transition.arrives)
        guard !arriving.isEmpty else { return }
        statements.append(
            """
            with arrived as (
              update pawl.scope s
              set remaining = s.remaining - 1
              from unnest(\(arriving.map(\.task))::bigint[], \(arriving.map(\.fence))::bigint[])
                as a (task, fence)
              join pawl.task t on t.id = a.task and t.fence = a.fence
              where s.task_id = t.parent
              returning s.task_id, s.remaining
            )
            update pawl.task t
            set phase = 'resume', run_at = (select pawl.now())
            from arrived a
            where t.id = a.task_id and a.remaining = 0
            """
        )
    }

    private mutating func appendExpiries() {
        let expiring = batch.filter(\.transition.expiresWait)
        guard !expiring.isEmpty else { return }
        statements.append(
            """
            update pawl.wait w
            set status = 'expired', choice = w.fallback, resolved_at = pawl.now()
            from unnest(\(expiring.map(\.task))::bigint[], \(expiring.map(\.fence))::bigint[])
              as e (task, fence)
            join pawl.task t on t.id = e.task and t.fence = e.fence
            where w.task_id = t.id and w.status = 'open'
            """
        )
    }

    private mutating func appendWaits() {
        let asking = batch.compactMap { settlement in
            settlement.transition.wait.map { (settlement, $0) }
        }
        guard !asking.isEmpty else { return }
        let positions = asking.map { settlement, _ -> (Transition.Position, Duration?) in
            guard case .park(let position, let due) = settlement.transition.disposition else {
                preconditionFailure("a waiting task is parked")
            }
            return (position, due)
        }
        statements.append(
            """
            insert into pawl.wait
              (task_id, run_id, path, visit, kind, subject, assignee, due_at, fallback)
            select t.id, t.run_id, w.path, w.visit, 'decision', w.subject::jsonb, w.assignee,
              pawl.now() + w.due, w.fallback
            from unnest(\(asking.map { $0.0.task })::bigint[],
                        \(asking.map { $0.0.fence })::bigint[],
                        \(positions.map { $0.0.step.path })::text[],
                        \(positions.map { Int32($0.0.step.visit) })::int[],
                        \(asking.map { JSONText($0.1.subject) })::json[],
                        \(asking.map { $0.1.assignee })::text[],
                        \(positions.map { $0.1 })::interval[],
                        \(asking.map { $0.1.fallback })::text[])
              as w (task, fence, path, visit, subject, assignee, due, fallback)
            join pawl.task t on t.id = w.task and t.fence = w.fence
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
            join pawl.task t on t.id = l.task and t.fence = l.fence
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
                set status = e.status, ended_at = n.now
                from unnest(\(ending.map(\.task))::bigint[], \(ending.map(\.fence))::bigint[],
                            \(ending.map { $0.transition.ending?.rawValue })::text[])
                  as e (task, fence, status)
                join pawl.task t on t.id = e.task and t.fence = e.fence
                cross join (select pawl.now() as now) n
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
            join pawl.task t on t.id = s.task and t.fence = s.fence
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
            where t.id = d.task and t.fence = d.fence
            returning t.id
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
    private mutating func appendStatuses() {
        let runs = batch.filter { settlement in
            if case .park = settlement.transition.disposition { return true }
            return settlement.transition.arrives
        }.map(\.run)
        guard !runs.isEmpty else { return }
        statements.append(
            """
            update pawl.run r
            set status = s.status
            from (
              select u.id,
                case when exists (
                  select from pawl.task t where t.run_id = u.id and t.phase <> 'wait'
                ) then 'running' else 'waiting' end as status
              from unnest(\(runs)::uuid[]) as u (id)
            ) s
            where r.id = s.id and r.status in ('running', 'waiting') and r.status <> s.status
            """
        )
    }
}
