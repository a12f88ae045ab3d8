package import FoundationEssentials
import PawlCore
package import Postgres

extension Session {
    /// The live tasks of a run, and why each is where it is.
    package func tasks(of run: UUID) throws(PostgresError) -> [LiveTask] {
        let rows = try query(
            """
            select t.id, t.path, t.visit, t.kind, t.attempt, t.crashes, coalesce(ln.queue, t.queue),
              t.priority,
              t.run_at, n.now, t.phase,
              t.worker, w.host, w.pid, t.claimed_at, w.beat_at,
              w.id is null or w.lost_at is not null or w.beat_at + w.lease < n.now,
              q.id, q.kind, q.subject, q.assignee, q.due_at,
              s.remaining, s.total,
              reason.data,
              alive.any, alive.queue, alive.kind,
              (
                select count(*)
                from (
                  select from pawl.task o
                  where o.queue = t.queue and o.worker is null and o.run_at <= n.now
                    and (o.priority, o.run_at, o.id) < (t.priority, t.run_at, t.id)
                  limit 1000
                ) before
              ),
              t.queue = '@paused', l.name, ln.lane, o.paused_by, o.reason
            from pawl.task t
            cross join (select pawl.now() as now) n
            left join pawl.worker w on w.id = t.worker
            left join pawl.wait q on q.task_id = t.id and q.status = 'open'
            left join pawl.scope s on s.task_id = t.id
            left join pawl.line ln on t.queue = '@line ' || ln.id
            left join pawl.limit l on l.id = split_part(ln.lane, ':', 1)::int
            left join pawl.queue o on o.name = t.queue and o.paused_at is not null
            left join lateral (
              select e.data from pawl.event e
              where e.run_id = t.run_id and e.path = t.path and e.visit = t.visit
                and e.kind in ('step_retrying', 'step_snoozed', 'step_lost')
              order by e.seq desc
              limit 1
            ) reason on true
            cross join lateral (
              select count(*) > 0 as any,
                coalesce(bool_or(t.queue = any(a.queues)), false) as queue,
                coalesce(bool_or(t.queue = any(a.queues) and t.kind = any(a.kinds)), false) as kind
              from pawl.worker a
              where a.lost_at is null and not a.draining and a.beat_at + a.lease > n.now
            ) alive
            where t.run_id = \(run)
            order by t.id
            """
        )
        var tasks: [LiveTask] = []
        for row in rows { tasks.append(try LiveTask(row: row)) }
        return tasks
    }
}

extension LiveTask {
    fileprivate init(row: Row) throws(PostgresError) {
        id = try row.decode(Int64.self, at: 0)
        step = StepID(
            path: try row.decode(String.self, at: 1),
            visit: Int(try row.decode(Int32.self, at: 2))
        )
        kind = Node.Kind(rawValue: try row.decode(String.self, at: 3))
        attempt = Int(try row.decode(Int32.self, at: 4))
        crashes = Int(try row.decode(Int32.self, at: 5))
        queue = try row.decode(String.self, at: 6)
        priority = Int(try row.decode(Int16.self, at: 7))
        due = try row.decode(Instant.self, at: 8)
        situation = try Situation(row: row, due: due, kind: kind, attempt: attempt)
    }
}

extension LiveTask.Situation {
    /// A task that no worker could execute is put off for as long as that, to be offered again.
    private static let offerPause = Duration.seconds(20)

    fileprivate init(
        row: Row,
        due: Instant,
        kind: Node.Kind,
        attempt: Int
    ) throws(PostgresError) {
        let now = try row.decode(Instant.self, at: 9)
        let phase = try row.decode(String.self, at: 10)
        if let worker = try row.decode(Int64?.self, at: 11) {
            let holder = LiveTask.Holder(
                worker: worker,
                host: try row.decode(String?.self, at: 12),
                processID: try row.decode(Int32?.self, at: 13).map(Int.init),
                time: now - (try row.decode(Instant.self, at: 14)),
                silence: try row.decode(Instant?.self, at: 15).map { now - $0 }
            )
            self =
                try row.decode(Bool.self, at: 16) ? .abandoned(by: holder) : .executing(by: holder)
        } else if kind == .deadline {
            self = .deadline
        } else if phase == "held" {
            self = .held
        } else if phase == "wait", let wait = try row.decode(Int64?.self, at: 17) {
            self = .awaiting(
                wait: wait,
                kind: try row.decode(String.self, at: 18),
                subject: try row.decode(JSONText.self, at: 19).bytes,
                assignee: try row.decode(String?.self, at: 20),
                until: try row.decode(Instant?.self, at: 21)
            )
        } else if phase == "wait", let remaining = try row.decode(Int32?.self, at: 22) {
            self = .joining(
                remaining: Int(remaining),
                total: Int(try row.decode(Int32.self, at: 23))
            )
        } else if due > now + Self.offerPause || (due > now && attempt > 0) {
            let reason = try row.decode(JSONText?.self, at: 24)?.bytes
            self = reason == nil ? .delayed : .retrying(reason: reason)
        } else if try row.decode(Bool.self, at: 29) {
            self = .paused
        } else if let limit = try row.decode(String?.self, at: 30) {
            let lane = try row.decode(String.self, at: 31)
            let key = lane.firstIndex(of: ":").map { String(lane[lane.index(after: $0)...]) }
            self = .inLine(limit: limit, key: key == "" ? nil : key)
        } else if let who = try row.decode(String?.self, at: 32) {
            self = .queuePaused(by: who, reason: try row.decode(String?.self, at: 33))
        } else {
            let needsHandler = if case .handler = kind, phase == "enter" { true } else { false }
            if try !row.decode(Bool.self, at: 25) {
                self = .noWorker
            } else if try !row.decode(Bool.self, at: 26) {
                self = .noWorkerForQueue
            } else if needsHandler, try !row.decode(Bool.self, at: 27) {
                self = .noHandler
            } else {
                self = due > now ? .delayed : .ready(behind: try row.decode(Int.self, at: 28))
            }
        }
    }
}
