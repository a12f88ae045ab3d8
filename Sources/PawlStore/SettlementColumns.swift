import FoundationEssentials
import PawlCore
import Postgres

/// Events of a batch, a column an array.
struct EventColumns {
    private var tasks: [Int64] = []
    private var fences: [Int64] = []
    private var workers: [Int64] = []
    private var kinds: [String] = []
    private var paths: [String] = []
    private var visits: [Int32] = []
    private var attempts: [Int32?] = []
    private var durations: [Duration?] = []
    private var data: [JSONText?] = []

    var isEmpty: Bool { tasks.isEmpty }

    mutating func append(_ event: Event, of settlement: Settlement) {
        append(
            event,
            task: settlement.task,
            fence: settlement.fence,
            worker: settlement.worker
        )
    }

    mutating func append(_ event: Event, task: Int64, fence: Int64, worker: Int64) {
        tasks.append(task)
        fences.append(fence)
        workers.append(worker)
        kinds.append(event.kind.rawValue)
        paths.append(event.step.path)
        visits.append(Int32(event.step.visit))
        attempts.append(event.attempt.map(Int32.init))
        durations.append(event.took)
        data.append(event.data.map { JSONText($0) })
    }

    /// Appends the events of held tasks to the histories of their runs, which are locked, and returns
    /// the numbers that they got.
    ///
    /// Those of a run are numbered together, in the order in which they were appended here.
    var insert: SQL {
        """
        insert into pawl.event
          (run_id, seq, at, kind, path, visit, attempt, worker, took, data)
        select t.run_id,
          coalesce((select max(l.seq) from pawl.event l where l.run_id = t.run_id), 0)
            + row_number() over (partition by t.run_id order by e.position),
          \(.notedTime), e.kind, e.path, e.visit, e.attempt, e.worker, e.took, e.data
        from unnest(\(tasks)::bigint[], \(fences)::bigint[], \(workers)::bigint[],
                    \(kinds)::text[], \(paths)::text[], \(visits)::int[],
                    \(attempts)::int[], \(durations)::interval[], \(data)::json[])
          with ordinality
          as e (task, fence, worker, kind, path, visit, attempt, took, data, position)
        \(.held(by: "e"))
        returning run_id, seq
        """
    }
}

/// What becomes of tasks that stay, a column an array.
struct MoveColumns {
    private var tasks: [Int64] = []
    private var fences: [Int64] = []
    private var runs: [UUID] = []
    private var seqs: [Int32] = []
    private var paths: [String] = []
    private var visits: [Int32] = []
    private var kinds: [String] = []
    private var phases: [String] = []
    private var attempts: [Int32] = []
    private var hops: [Int32?] = []
    private var delays: [Duration?] = []
    private var instants: [Int64?] = []
    private var isDueAsBefore: [Bool] = []
    private var keeps: [Bool] = []

    var isEmpty: Bool { tasks.isEmpty }

    mutating func append(_ settlement: Settlement) {
        switch settlement.transition.disposition {
        case .drop:
            return
        case .move(let position):
            // A kept task goes on under the same claim, so that attempt is counted here.
            append(position, phase: .enter, attempt: settlement.isKept ? 1 : 0, due: nil)
        case .park(let position, let due):
            append(position, phase: .wait, attempt: 0, due: due)
        case .again(let delay, let charged):
            // The claim of the next attempt adds one again.
            paths.append(settlement.step.path)
            visits.append(Int32(settlement.step.visit))
            kinds.append("")
            phases.append("enter")
            attempts.append(Int32(settlement.attempt - (charged ? 0 : 1)))
            hops.append(nil)
            append(due: .after(delay))
        }
        tasks.append(settlement.task)
        fences.append(settlement.fence)
        runs.append(settlement.run)
        seqs.append(Int32(settlement.knownSeq))
        keeps.append(settlement.isKept)
    }

    private mutating func append(
        _ position: Transition.Position,
        phase: Claim.Phase,
        attempt: Int,
        due: Transition.Due?
    ) {
        paths.append(position.step.path)
        visits.append(Int32(position.step.visit))
        kinds.append(position.kind.rawValue)
        phases.append(phase.rawValue)
        attempts.append(Int32(attempt))
        hops.append(Int32(position.hops))
        append(due: due)
    }

    private mutating func append(due: Transition.Due?) {
        var delay: Duration?
        var instant: Int64?
        switch due {
        case .after(let duration): delay = duration
        case .at(let microseconds): instant = microseconds
        case .unchanged, nil: break
        }
        delays.append(delay)
        instants.append(instant)
        isDueAsBefore.append(due == .unchanged)
    }

    /// Moves held tasks, and returns them, and whether their holder goes on.
    ///
    /// A row without `hops` stays at its step. Nobody goes on who does not know all that came from
    /// outside, and nobody goes on with a run that is paused: the task is claimed anew then.
    var update: SQL {
        """
        update pawl.task t
        set path = m.path, visit = m.visit, phase = m.phase,
            -- A claim that does not follow would have counted this attempt.
            attempt = m.attempt
              - (m.kept and not (k.kept and t.queue <> '@paused'))::int,
            kind = case when m.hops is null then t.kind else m.kind end,
            hops = coalesce(m.hops, t.hops),
            crashes = case when m.hops is null then t.crashes else 0 end,
            run_at = case
              when m.delay is not null then \(.notedTime) + m.delay
              when m.instant is not null
                then timestamptz 'epoch' + m.instant * interval '1 microsecond'
              when m.as_before then coalesce(
                (select w.due_at from pawl.wait w where w.task_id = t.id and w.status = 'open'),
                'infinity')
              when m.phase = 'wait' then 'infinity'
              else t.run_at
            end,
            fence = t.fence + 1,
            worker = case when k.kept and t.queue <> '@paused' then t.worker end,
            claimed_at = case when k.kept and t.queue <> '@paused' then \(.notedTime) end
        from unnest(\(tasks)::bigint[], \(fences)::bigint[], \(runs)::uuid[], \(seqs)::int[],
                    \(paths)::text[], \(visits)::int[], \(kinds)::text[],
                    \(phases)::text[], \(attempts)::int[], \(hops)::int[], \(delays)::interval[],
                    \(instants)::bigint[], \(isDueAsBefore)::bool[], \(keeps)::bool[])
          as m (task, fence, run, seq, path, visit, kind, phase, attempt, hops, delay, instant,
                as_before, kept)
        \(.held(by: "m", as: "held"))
        cross join lateral (
          select m.kept and not exists (
            select from pawl.event e
            where e.run_id = m.run and e.seq > m.seq
              and e.kind in ('signal_received', 'signal_taken', 'variable_set')) as kept
          offset 0  -- or it would be asked at each place that names it
        ) k
        where t.ctid = held.place
        returning t.id, t.worker is not null
        """
    }
}
