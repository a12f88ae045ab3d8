import PawlCore
import PawlStore
import PawlTesting
import Postgres
import Synchronization
import Testing

/// The plans of the statements that workers live on, when the planner knows nothing of the tables.
@Suite(.database, .timeLimit(.minutes(20)))
struct PlanTests {
    let store = Storeroom()

    /// Tables that grow.
    ///
    /// `pawl.worker` and the definitions are small for ever.
    private static let large: Set = [
        "run", "run_key", "task", "event", "wait", "scope", "checkpoint",
    ]

    @Test(arguments: [0, 100_000])
    func `claim and settle read what they need, by index, with statistics of an empty table`(
        rows: Int
    ) async throws {
        try await store.define(try .chain, try .fan(2, people: 1), .job("job"))
        let worker = try await store.worker()
        try await store.run { session in
            try session.script("analyze")
            // Plans that are kept are made after five executions.
            for _ in 1...8 { _ = try session.claim(10, from: "default", for: worker) }
        }
        let limit = 10
        let plans = try await store.run { session in
            try session.script("set session_replication_role = replica")  // no task of its own
            try session.script(
                """
                insert into pawl.run (id, workflow, version, queue, priority, run_at, created_at)
                select pawl.uuidv7(now()), 'job', 1, 'default', 5, now(), now()
                from generate_series(1, \(rows));
                insert into pawl.task (run_id, queue, priority, run_at, path, kind)
                select id, queue, priority, run_at, 'job', 'job' from pawl.run;
                set session_replication_role = origin;
                insert into pawl.run (workflow, priority)
                select w, 0 from unnest(array['chain', 'fan', 'fan', 'chain']) w;
                """
            )
            return try Plans.explaining(session) { session in
                var claims = try session.claim(limit, from: "default", for: worker)
                #expect(claims.count == (rows == 0 ? 4 : limit))
                for _ in 1...3 {
                    for claim in claims { _ = try session.settle([session.settlement(of: claim)]) }
                    claims = try session.claim(limit, from: "default", for: worker)
                }
                _ = try session.release(claims.map { Release($0, delay: .zero) })
            }
        }
        #expect(plans.count > 20)
        for plan in plans {
            for node in plan.nodes where node.type == "Seq Scan" {
                #expect(!Self.large.contains(node.relation ?? ""), "\(plan.statement)")
            }
            for node in plan.nodes where node.relation == "task" && node.type != "ModifyTable" {
                #expect(node.rows <= 2 * limit, "\(plan.statement)")
            }
        }
        let claims = plans.filter { $0.statement.contains("skip locked") }
        #expect(claims.count == 4)
        for claim in claims {
            let locking = claim.nodes.filter { $0.type == "LockRows" && $0.rows > 1 }
            #expect(locking.map(\.rows).allSatisfy { $0 <= limit + 5 }, "\(locking)")
            #expect(claim.nodes.contains { $0.index == "task_due" })
        }
    }
}

/// A statement as it was executed.
private struct ExecutedPlan: Sendable {
    struct Node: Sendable {
        let type: String
        let relation: String?
        let index: String?
        /// All that it returned; PostgreSQL rounds what one of up to ten loops did.
        let rows: Int
    }

    let statement: String
    let nodes: [Node]
}

private enum Plans {
    /// Collects the plans of the statements that `body` executes, with the rows that they read.
    static func explaining(
        _ session: Session,
        _ body: (Session) throws -> Void
    ) throws
        -> [ExecutedPlan]
    {
        let said = Mutex<[String]>([])
        try session.script(
            """
            load 'auto_explain';
            set auto_explain.log_min_duration = 0;
            set auto_explain.log_analyze = on;
            set auto_explain.log_timing = off;
            set auto_explain.log_nested_statements = on;
            set auto_explain.log_format = json;
            set client_min_messages = log;
            """
        )
        session.noticeHandler = { notice in said.withLock { $0.append(notice.message) } }
        try body(session)
        session.noticeHandler = nil
        try session.script("reset client_min_messages; set auto_explain.log_min_duration = -1")
        return try said.withLock { $0 }.compactMap { text in
            guard let start = text.firstIndex(of: "{") else { return nil }
            let json = try JSON(parsing: text[start...].utf8)
            guard let plan = json["Plan"], let statement = json["Query Text"]?.stringValue else {
                return nil
            }
            return ExecutedPlan(statement: statement, nodes: nodes(of: plan))
        }
    }

    private static func nodes(of plan: JSON) -> [ExecutedPlan.Node] {
        let loops = plan["Actual Loops"]?.intValue ?? 0
        let node = ExecutedPlan.Node(
            type: plan["Node Type"]?.stringValue ?? "",
            relation: plan["Relation Name"]?.stringValue,
            index: plan["Index Name"]?.stringValue,
            rows: (plan["Actual Rows"]?.intValue ?? 0) * loops
        )
        return [node] + (plan["Plans"]?.arrayValue ?? []).flatMap(nodes)
    }
}
