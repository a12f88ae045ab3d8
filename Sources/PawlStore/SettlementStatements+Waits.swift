import FoundationEssentials
import PawlCore
import Postgres

// What steps wait for: answers, signals, the ends of other runs.
extension SettlementStatements {
    /// Waits that are over: by what came, or because nothing did.
    mutating func appendResolutions() {
        let over = batch.filter { $0.transition.expiresWait || $0.transition.resolvesWait }
        guard !over.isEmpty else { return }
        statements.append(
            """
            update pawl.wait w
            set status = case when e.expired then 'expired' else 'resolved' end,
                choice = case when e.expired then w.fallback end,
                resolved_by = case when e.expired then null else 'pawl' end,
                resolved_at = \(.notedTime)
            from unnest(\(over.map(\.task))::bigint[], \(over.map(\.fence))::bigint[],
                        \(over.map(\.transition.expiresWait))::bool[]) as e (task, fence, expired)
            \(.held(by: "e"))
            where w.task_id = t.id and w.status = 'open'
            """
        )
    }

    /// Runs that nobody waits for any more.
    mutating func appendDrops() {
        let dropping = batch.filter(\.dropsRuns)
        guard !dropping.isEmpty else { return }
        statements.append(
            """
            select pawl.cancel_children(t.run_id, array[t.id])
            from unnest(\(dropping.map(\.task))::bigint[], \(dropping.map(\.fence))::bigint[])
              as d (task, fence)
            \(.held(by: "d"))
            """
        )
    }

    mutating func appendWaits() {
        let asking = batch.compactMap { settlement in
            settlement.transition.wait.map { (settlement, $0) }
        }
        guard !asking.isEmpty else { return }
        let positions = asking.map { $0.0.parkedAt }
        statements.append(
            """
            insert into pawl.wait
              (task_id, run_id, path, visit, kind, subject, assignee, due_at, fallback)
            select t.id, t.run_id, w.path, w.visit, w.kind, w.subject::jsonb, w.assignee,
              \(.notedTime) + w.due, w.fallback
            from unnest(\(asking.map { $0.0.task })::bigint[],
                        \(asking.map { $0.0.fence })::bigint[],
                        \(positions.map(\.step.path))::text[],
                        \(positions.map { Int32($0.step.visit) })::int[],
                        \(asking.map { $0.1.kind.rawValue })::text[],
                        \(asking.map { JSONText($0.1.subject) })::json[],
                        \(asking.map { $0.1.assignee })::text[],
                        \(asking.map { $0.0.pause })::interval[],
                        \(asking.map { $0.1.fallback })::text[])
              as w (task, fence, path, visit, kind, subject, assignee, due, fallback)
            \(.held(by: "w"))
            """
        )
    }

    /// Runs that belong to steps, and what waits for their ends.
    mutating func appendSpawns() {
        let spawning = batch.flatMap { settlement in
            settlement.transition.spawns.map { (settlement, $0) }
        }
        guard !spawning.isEmpty else { return }
        let run: SQL =
            """
            insert into pawl.run (workflow, input, key, tenant, priority, parent_run, parent_task)
            select s.workflow, s.input::jsonb, s.key, r.tenant, r.priority, r.id,
              case when s.awaited then t.id end
            from unnest(\(spawning.map { $0.0.task })::bigint[],
                        \(spawning.map { $0.0.fence })::bigint[],
                        \(spawning.map { $0.1.workflow })::text[],
                        \(spawning.map { JSONText($0.1.input) })::json[],
                        \(spawning.map { $0.1.key })::text[],
                        \(spawning.map { $0.1.isAwaited })::bool[])
              as s (task, fence, workflow, input, key, awaited)
            \(.held(by: "s"))
            join pawl.run r on r.id = t.run_id
            """
        // A step waits for one run at most.
        let awaiting = spawning.filter { $0.1.isAwaited }
        guard !awaiting.isEmpty else {
            statements.append(run)
            return
        }
        let repeating = awaiting.filter(\.1.isRepeated).map(\.0.task)
        if !repeating.isEmpty {
            // What the step waited for before is told by its events.
            statements.append(
                """
                delete from pawl.wait w
                using pawl.task t
                where t.id = any(\(repeating)) and w.task_id = t.id and w.path = t.path
                  and w.visit = t.visit and w.status <> 'open'
                """
            )
        }
        let positions = awaiting.map { $0.0.parkedAt }
        statements.append(
            """
            with made as (
              \(run)
              returning id, parent_run, parent_task, workflow
            ),
            parents as (
              select t.id, t.run_id, w.path, w.visit, w.due
              from unnest(\(awaiting.map { $0.0.task })::bigint[],
                          \(awaiting.map { $0.0.fence })::bigint[],
                          \(positions.map(\.step.path))::text[],
                          \(positions.map { Int32($0.step.visit) })::int[],
                          \(awaiting.map { $0.0.pause })::interval[])
                as w (task, fence, path, visit, due)
              \(.held(by: "w"))
            ),
            marked as (
              update pawl.run r set has_children = true from parents p where r.id = p.run_id
            )
            insert into pawl.wait (task_id, run_id, path, visit, kind, subject, due_at)
            select p.id, p.run_id, p.path, p.visit, 'child',
              jsonb_build_object('run_id', c.id, 'workflow', c.workflow), \(.notedTime) + p.due
            from parents p
            join made c on c.parent_task = p.id
            """
        )
    }

    /// A signal that came after the step was planned that waits for it.
    mutating func appendAlerts() {
        let listening = batch.filter { settlement in
            if case .park(_, .unchanged) = settlement.transition.disposition { return true }
            return settlement.transition.wait?.kind == .signal
        }
        guard !listening.isEmpty else { return }
        statements.append(
            """
            update pawl.task t
            set phase = 'resume', run_at = \(.notedTime)
            from unnest(\(listening.map(\.task))::bigint[],
                        \(listening.map { $0.fence + 1 })::bigint[],
                        \(listening.map { Int32($0.knownSeq) })::int[]) as l (task, fence, seq)
            \(.held(by: "l", as: "held"))
            where t.ctid = held.place and t.phase = 'wait'
              and exists (
                select from pawl.event e
                where e.run_id = t.run_id and e.seq > l.seq and e.kind = 'signal_received')
            """
        )
    }
}

extension Settlement {
    /// How long its task is parked, if not for ever.
    fileprivate var pause: Duration? {
        guard case .park(_, .after(let pause)?) = transition.disposition else { return nil }
        return pause
    }
}
