import FoundationEssentials
import PawlCore
import Postgres

// What becomes of containers: they open, count the ends of their children, and close.
extension SettlementStatements {
    mutating func appendContainers() {
        let opening = batch.compactMap { settlement in
            settlement.transition.opening.map { (settlement, $0) }
        }
        guard !opening.isEmpty else { return }
        let positions = opening.map { $0.0.parkedAt }
        statements.append(
            """
            insert into pawl.scope (task_id, run_id, path, visit, total, remaining, needed)
            select t.id, t.run_id, o.path, o.visit, o.total, o.total, o.needed
            from unnest(\(opening.map { $0.0.task })::bigint[],
                        \(opening.map { $0.0.fence })::bigint[],
                        \(positions.map(\.step.path))::text[],
                        \(positions.map { Int32($0.step.visit) })::int[],
                        \(opening.map { Int32($0.1.children.count) })::int[],
                        \(opening.map { $0.1.needed.map(Int32.init) })::int[])
              as o (task, fence, path, visit, total, needed)
            \(.held(by: "o"))
            """
        )
        let children = opening.flatMap { opened in opened.1.children.map { (opened.0, $0) } }
        statements.append(
            """
            with children as (
              select * from unnest(\(children.map { $0.0.task })::bigint[],
                \(children.map { $0.0.fence })::bigint[],
                \(children.map { $0.1.position.step.path })::text[],
                \(children.map { Int32($0.1.position.step.visit) })::int[],
                \(children.map { $0.1.position.kind.rawValue })::text[],
                \(children.map { Int32($0.1.position.hops) })::int[],
                \(children.map { Int32($0.1.prerequisites) })::int[],
                \(children.map { $0.1.isHeld })::bool[])
              with ordinality
                as c (task, fence, path, visit, kind, hops, prerequisites, held, position)
            ),
            made as (
              insert into pawl.task
                (run_id, parent, queue, priority, run_at, path, visit, kind, hops, phase)
              select t.run_id, t.id, t.queue, t.priority,
                case when c.held then 'infinity' else \(.notedTime) end,
                c.path, c.visit, c.kind, c.hops, case when c.held then 'held' else 'enter' end
              from children c
              \(.held(by: "c"))
              order by c.position
              returning id, run_id, parent, path, visit
            )
            insert into pawl.scope (task_id, run_id, path, visit, kind, total, remaining)
            select m.id, m.run_id, m.path, m.visit, 'gate', c.prerequisites, c.prerequisites
            from made m
            join children c on c.task = m.parent and c.path = m.path
            where c.prerequisites > 0
            """
        )
    }

    /// Children that a container no longer needs, and with it all that is below them.
    mutating func appendAbandonments() {
        let closing = batch.filter(\.closesScope)
        let sweeping = batch.filter { $0.transition.sweepsRest && $0.transition.ending == nil }
        guard !closing.isEmpty || !sweeping.isEmpty else { return }
        statements.append(
            """
            with recursive doomed as (
              select c.id, c.run_id, c.path, c.visit, c.phase, c.worker, c.kind
              from unnest(\(closing.map(\.task))::bigint[], \(closing.map(\.fence))::bigint[])
                as j (task, fence)
              \(.held(by: "j"))
              join pawl.task c on c.parent = t.id
              union
              select c.id, c.run_id, c.path, c.visit, c.phase, c.worker, c.kind
              from unnest(\(sweeping.map(\.task))::bigint[], \(sweeping.map(\.fence))::bigint[])
                as j (task, fence)
              \(.held(by: "j"))
              join pawl.task c on c.run_id = t.run_id and c.id <> t.id
              union
              select c.id, c.run_id, c.path, c.visit, c.phase, c.worker, c.kind
              from doomed d
              join pawl.task c on c.parent = d.id
            ),
            gone as (delete from pawl.task t using doomed d where t.id = d.id returning t.id),
            scopes as (delete from pawl.scope s using doomed d where s.task_id = d.id),
            waits as (
              update pawl.wait w
              set status = 'cancelled', resolved_at = \(.notedTime)
              from doomed d
              where w.task_id = d.id and w.status = 'open'
            ),
            checkpoints as (
              delete from pawl.checkpoint c
              using doomed d
              where c.run_id = d.run_id and c.path = d.path and c.visit = d.visit
            ),
            runs as (
              select pawl.cancel_children(d.run_id, array_agg(d.id))
              from doomed d
              where d.kind = 'workflow' and d.phase = 'wait'
              group by d.run_id
            ),
            told as (
              select pg_notify('pawl_cancel', d.run_id::text) from doomed d where d.worker is not null
            ),
            recorded as (
              insert into pawl.event (run_id, seq, at, kind, path, visit)
              select d.run_id,
                coalesce((select max(e.seq) from pawl.event e where e.run_id = d.run_id), 0)
                  + row_number() over (partition by d.run_id order by d.id),
                \(.notedTime), 'step_cancelled', d.path, d.visit
              from doomed d
              where d.phase <> 'held' and d.kind not like '@%'
            )
            select (select count(*) from runs), (select count(*) from told)
            """
        )
    }

    mutating func appendClosings() {
        let closing = batch.filter(\.closesScope)
        guard !closing.isEmpty else { return }
        statements.append(
            """
            delete from pawl.scope s
            using unnest(\(closing.map(\.task))::bigint[], \(closing.map(\.fence))::bigint[])
              as j (task, fence)
            \(.held(by: "j"))
            where s.task_id = t.id
            """
        )
    }

    mutating func appendArrivals() {
        let arriving = batch.compactMap { settlement in
            settlement.transition.arrival.map { (settlement, $0) }
        }
        guard !arriving.isEmpty else { return }
        appendStops(arriving.filter { $0.1.stops })
        statements.append(
            """
            with arrived as (
              update pawl.scope s
              set remaining = s.remaining - a.ended,
                  needed = case when a.closes then 0 else s.needed - a.succeeded end
              from (
                select t.parent, count(*) as ended, bool_or(a.closes) as closes,
                  count(*) filter (where a.succeeded) as succeeded
                from unnest(\(arriving.map { $0.0.task })::bigint[],
                            \(arriving.map { $0.0.fence })::bigint[],
                            \(arriving.map { $0.1.succeeded })::bool[],
                            \(arriving.map { $0.1.closes })::bool[])
                  as a (task, fence, succeeded, closes)
                \(.held(by: "a"))
                group by t.parent
              ) a
              where s.task_id = a.parent
              returning s.task_id, s.remaining, s.needed
            )
            update pawl.task t
            set phase = 'resume', run_at = \(.notedTime)
            from arrived a
            where t.id = a.task_id and t.phase = 'wait'
              and (a.remaining = 0 or a.needed <= 0 or a.remaining < a.needed)
            """
        )
        appendAdmissions(arriving.filter { $0.1.admits && !$0.1.stops })
        appendReleases(arriving)
    }

    /// What is held back stays so for ever: it goes, and nobody waits for it.
    private mutating func appendStops(_ stopping: [(Settlement, Transition.Arrival)]) {
        guard !stopping.isEmpty else { return }
        statements.append(
            """
            with stopped as (
              delete from pawl.task c
              using unnest(\(stopping.map { $0.0.task })::bigint[],
                           \(stopping.map { $0.0.fence })::bigint[]) as a (task, fence)
              \(.held(by: "a"))
              where c.parent = t.parent and c.phase = 'held'
              returning c.id, c.parent
            ),
            gates as (delete from pawl.scope g using stopped s where g.task_id = s.id)
            update pawl.scope s
            set remaining = s.remaining - n.count
            from (select parent, count(*) from stopped group by parent) n
            where s.task_id = n.parent
            """
        )
    }

    /// As many siblings may begin as have ended, unless their container has what it wants, or never
    /// will.
    private mutating func appendAdmissions(_ admitting: [(Settlement, Transition.Arrival)]) {
        guard !admitting.isEmpty else { return }
        statements.append(
            """
            update pawl.task c
            set phase = 'enter', run_at = \(.notedTime)
            from (
              select t.parent, count(*) as places
              from unnest(\(admitting.map { $0.0.task })::bigint[],
                          \(admitting.map { $0.0.fence })::bigint[]) as a (task, fence)
              \(.held(by: "a"))
              join pawl.scope s on s.task_id = t.parent
              where s.needed is null or s.needed between 1 and s.remaining
              group by t.parent
            ) a
            cross join lateral (
              select h.id from pawl.task h
              where h.parent = a.parent and h.phase = 'held'
              order by h.id
              limit a.places
            ) next
            where c.id = next.id
            """
        )
    }

    /// The steps that waited for one that ended wait for one less.
    private mutating func appendReleases(_ arriving: [(Settlement, Transition.Arrival)]) {
        let releases = arriving.flatMap { arrived in
            arrived.1.releases.map { (arrived.0, $0) }
        }
        guard !releases.isEmpty else { return }
        statements.append(
            """
            with opened as (
              update pawl.scope g
              set remaining = g.remaining - r.ended
              from (
                select t.run_id, r.path, count(*) as ended
                from unnest(\(releases.map { $0.0.task })::bigint[],
                            \(releases.map { $0.0.fence })::bigint[],
                            \(releases.map { $0.1 })::text[]) as r (task, fence, path)
                \(.held(by: "r"))
                group by t.run_id, r.path
              ) r
              where g.run_id = r.run_id and g.path = r.path and g.kind = 'gate'
              returning g.task_id, g.remaining
            )
            update pawl.task c
            set phase = 'enter', run_at = \(.notedTime)
            from opened o
            where c.id = o.task_id and o.remaining = 0
            """
        )
        statements.append(
            """
            delete from pawl.scope g
            using unnest(\(releases.map(\.0.run))::uuid[], \(releases.map { $0.1 })::text[])
              as r (run, path)
            where g.run_id = r.run and g.path = r.path and g.kind = 'gate' and g.remaining = 0
            """
        )
    }
}

extension Settlement {
    /// Where its task is parked.
    var parkedAt: Transition.Position {
        guard case .park(let position, _) = transition.disposition else {
            preconditionFailure("a task that waits is parked")
        }
        return position
    }
}
