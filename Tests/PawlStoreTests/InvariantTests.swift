import FoundationEssentials
import PawlCore
import PawlStore
import PawlTesting
import Postgres
import Testing

/// A way to break an invariant by hand.
struct Corruption: Sendable, CustomStringConvertible {
    /// The invariant that must notice.
    let invariant: String
    let script: String

    init(_ invariant: String, _ script: String) {
        self.invariant = invariant
        self.script = script
    }

    var description: String { "\(invariant) by \(script)" }
}

extension Corruption {
    static let all = others + lanes

    private static let lanes = [
        Corruption(
            "lane_within_limit",
            """
            do $$ begin
              insert into pawl.limit (name, concurrency, changed_at) values ('l', 0, 'epoch');
              update pawl.task t
              set lanes = array[l.id || ':'], admitted = true, worker = w.id, claimed_at = now(), fence = 1
              from pawl.limit l, pawl.worker w
              where t.kind = 'job';
              insert into pawl.place select lanes[1], id from pawl.task where admitted;
            end $$
            """
        ),
        Corruption("place_has_run", "insert into pawl.place values ('1:', 0)"),
        Corruption(
            "line_is_watched",
            """
            do $$ begin
              insert into pawl.limit (name, concurrency) values ('l', 1);
              insert into pawl.line (lane, queue, share, turn)
              select id || ':', 'default', '', 1 from pawl.limit;
              update pawl.task t set queue = '@line ' || l.id from pawl.line l where t.kind = 'job';
            end $$
            """
        ),
        Corruption(
            "in_line_is_claimable",
            "update pawl.task set queue = '@line 0' where kind = 'job'"
        ),
    ]

    private static let others = [
        Corruption("no_wedge", "delete from pawl.task where kind = 'job'"),
        Corruption(
            "ended_is_quiet",
            """
            insert into pawl.task (run_id, queue, priority, run_at, path, kind)
            select id, 'default', 5, now(), 'x', 'job' from pawl.run where status = 'completed'
            """
        ),
        Corruption(
            "ended_is_quiet",
            """
            insert into pawl.scope
            select 0, id, 'x', 1, 1, 1 from pawl.run where status = 'failed'
            """
        ),
        Corruption("ended_is_quiet", "delete from pawl.run where status = 'waiting'"),
        Corruption("parked_has_reason", "update pawl.task set phase = 'wait' where kind = 'job'"),
        Corruption("parked_has_reason", "delete from pawl.wait where status = 'open'"),
        Corruption("wait_has_task", "update pawl.task set path = 'elsewhere' where kind = 'human'"),
        Corruption("wait_has_task", "update pawl.task set phase = 'resume' where kind = 'human'"),
        Corruption(
            "one_task_per_step",
            """
            insert into pawl.task (run_id, queue, priority, run_at, path, visit, kind)
            select run_id, queue, priority, run_at, path, visit, kind from pawl.task
            where kind = 'job'
            """
        ),
        Corruption(
            "status_fits_frontier",
            "update pawl.run set status = 'running' where status = 'waiting'"
        ),
        Corruption(
            "status_fits_frontier",
            "update pawl.run set status = 'waiting' where status = 'running'"
        ),
        Corruption(
            "leases_are_rescued",
            """
            update pawl.task set worker = 9, claimed_at = now() - interval '1 h' where kind = 'job'
            """
        ),
        Corruption("scope_counts_children", "update pawl.scope set remaining = remaining - 1"),
        Corruption("scope_counts_children", "delete from pawl.task where parent is not null"),
        Corruption(
            "scope_has_task",
            "update pawl.task set phase = 'resume' where kind = 'parallel'"
        ),
        Corruption("scope_has_task", "delete from pawl.task where kind = 'parallel'"),
        Corruption("child_has_scope", "delete from pawl.scope"),
        Corruption(
            "gate_counts_siblings",
            "update pawl.scope set total = 9, remaining = 9 where kind = 'gate'"
        ),
        Corruption(
            "held_is_let_in",
            """
            update pawl.task set phase = 'held', run_at = 'infinity', worker = null, claimed_at = null
            where parent is not null
            """
        ),
        Corruption("child_is_below_parent", "update pawl.run set depth = depth + 1"),
        Corruption("child_is_awaited", "update pawl.wait set subject = '{}' where kind = 'child'"),
        Corruption("child_is_awaited", "delete from pawl.run where depth = 1"),
        Corruption("events_gapless", "delete from pawl.event where seq = 2"),
        Corruption("events_gapless", "update pawl.event set seq = seq + 10"),
        Corruption("events_have_run", "delete from pawl.run where status = 'completed'"),
        Corruption(
            "end_is_last",
            """
            insert into pawl.event (run_id, seq, at, kind)
            select run_id, seq + 1, at, 'step_progress' from pawl.event where kind = 'run_cancelled'
            """
        ),
        Corruption(
            "head_says_end",
            "update pawl.run set status = 'failed' where status = 'completed'"
        ),
        Corruption(
            "head_says_end",
            "update pawl.run set status = 'running', ended_at = null where status = 'cancelled'"
        ),
        Corruption("head_says_end", "delete from pawl.event where kind = 'run_failed'"),
        Corruption(
            "result_once",
            """
            insert into pawl.event (run_id, seq, at, kind, path, visit)
            select run_id, seq + 20, at, kind, path, visit from pawl.event
            where kind = 'step_completed'
            """
        ),
        Corruption(
            "live_is_not_done",
            """
            insert into pawl.event (run_id, seq, at, kind, path, visit)
            select run_id, 9, now(), 'step_completed', path, visit from pawl.task where kind = 'job'
            """
        ),
        Corruption(
            "crashes_have_events",
            "update pawl.task set attempt = 3, crashes = 2 where kind = 'job'"
        ),
        Corruption("decision_once", "delete from pawl.event where kind = 'decision_resolved'"),
        Corruption(
            "decision_once",
            "update pawl.wait set choice = 'other' where status = 'resolved'"
        ),
        Corruption(
            "decision_once",
            """
            update pawl.wait set resolved_at = due_at + interval '1 s' where status = 'resolved'
            """
        ),
        Corruption(
            "decision_once",
            "update pawl.wait set status = 'expired', resolved_by = null where status = 'resolved'"
        ),
        Corruption("one_run_per_key", "delete from pawl.run_key"),
        Corruption("one_run_per_key", "update pawl.run_key set run_id = gen_random_uuid()"),
        Corruption("version_is_defined", "update pawl.run set version = 7"),
        Corruption(
            "one_run_per_tick",
            "update pawl.schedule_fire set tick = tick + interval '90 years'"
        ),
        Corruption(
            "one_run_per_tick",
            """
            insert into pawl.schedule_fire (schedule, tick, outcome, run_id)
            select schedule, tick - interval '1 h', outcome, run_id from pawl.schedule_fire
            """
        ),
        Corruption("checkpoints_are_live", "update pawl.checkpoint set visit = 2"),
        Corruption(
            "checkpoints_are_live",
            "delete from pawl.task t using pawl.checkpoint c where t.run_id = c.run_id"
        ),
    ]
}

/// `pawl verify` finds what is broken, and nothing where nothing is.
@Suite(.corruptibleDatabase, .timeLimit(.minutes(20)))
struct InvariantTests {
    let store = Storeroom()

    /// Brings runs into all kinds of states.
    private func populate() async throws {
        try await store.define(
            .job("job"),
            .chain,
            .fan(2, people: 1),
            .question(),
            .stuck,
            .graph,
            .parent
        )
        let worker = try await store.worker(lease: .seconds(10_000))
        let answered = try await store.claimNew("question", for: worker)
        try await store.settle(answered)
        let decision = try await store.run { try $0.openDecisions(limit: 2) }.only()
        try await store.execute("select pawl.decide(\(decision.id), 'yes')")
        for workflow in ["chain", "stuck"] { _ = try await store.enqueue(workflow) }
        try await store.finish(for: worker)
        let cancelled = try await store.claimNew("fan", for: worker)
        try await store.settle(cancelled)
        try await store.execute("select pawl.cancel(\(cancelled.run))")
        try await store.settle(try await store.claimNew("question", for: worker))
        try await store.settle(try await store.claimNew("fan", for: worker))
        for workflow in ["graph", "parent"] {
            try await store.settle(try await store.claimNew(workflow, for: worker))
        }
        for claim in try await store.claim(2, for: worker) {
            _ = try await store.run { try $0.release([Release(claim, delay: .seconds(600))]) }
        }
        try await store.run { session in
            let schedule = Schedule("nightly", workflow: "job", spec: "0 3 * * *")
            _ = try session.putSchedule(schedule, service: "default")
            let tick = Instant(microsecondsSince1970: 1_700_000_000_000_000)
            var firing = Firing(of: try session.schedules().only())
            firing.starts = [Firing.Start(tick, .tick, of: schedule, input: Array("{}".utf8))]
            firing.waiting = [(tick + .seconds(60), .tick)]
            try session.fire([firing])
        }
        let claim = try await store.claim(1, for: worker).only()
        _ = try await store.run { try $0.saveCheckpoint("half", Array("1".utf8), of: claim) }
        _ = try await store.run { try $0.release([Release(claim, delay: .seconds(600))]) }
    }

    @Test func `a database with runs in all states has nothing wrong`() async throws {
        try await populate()
        #expect(
            try await store.texts("select distinct status from pawl.run order by 1")
                == ["cancelled", "completed", "failed", "pending", "running", "waiting"]
        )
        #expect(try await store.violations() == [])
    }

    @Test func `what is broken by hand is noticed`() async throws {
        try await populate()
        for corruption in Corruption.all {
            let noticed = try await store.run { try $0.noticed(after: corruption) }
            #expect(noticed.contains(corruption.invariant), "\(corruption): \(noticed)")
        }
        #expect(try await store.violations() == [])
    }

    @Test func `each invariant is broken by a test`() {
        #expect(Set(Corruption.all.map(\.invariant)) == Set(Invariant.all.map(\.name)))
        #expect(Set(Invariant.all.map(\.name)).count == Invariant.all.count)
    }

    @Test func `no more lines are returned than asked for`() async throws {
        try await populate()
        try await store.run { session in
            try session.script(
                """
                alter table pawl.run disable trigger all;
                update pawl.run set version = 7;
                """
            )
        }
        let found = try await store.run { session in
            try session.verify(limit: 3).filter { !$0.violations.isEmpty }
        }
        #expect(found.map(\.invariant.name) == ["version_is_defined"])
        #expect(found.first?.violations.count == 3)
    }
}

extension Session {
    /// The names of the invariants that a corruption breaks.
    ///
    /// It is undone.
    fileprivate func noticed(after corruption: Corruption) throws -> [String] {
        try begin()
        // The triggers that would refuse it.
        try script(
            """
            alter table pawl.event disable trigger all;
            alter table pawl.run disable trigger all;
            \(corruption.script);
            """
        )
        let names = try Invariant.all.filter { try !query($0.violations).isEmpty }.map(\.name)
        try rollback()
        return names
    }
}
