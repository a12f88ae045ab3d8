import FoundationEssentials
import Pawl
import PawlStore

// One workflow that has every kind of node, and what its runs have to come to.
extension CrashSite {
    /// The nodes along its way; those in containers come after them.
    private static let way = [
        ("set", #""type": "function", "config": {"action": "set_context", "values": {"k": 5}}"#),
        (
            "shape",
            #""type": "function", "config": {"action": "json_transform", "template": {"n": "{{inputs.n}}"}}"#
        ),
        ("look", #""type": "condition", "config": {"condition": "inputs.n > 10"}"#),
        ("pick", #""type": "switch", "config": {"path": "shape.output.n"}"#),
        ("note", #""type": "log", "config": {"message": "seen", "paths": ["pick.output.value"]}"#),
        ("nap", #""type": "function", "config": {"action": "delay", "duration": "30ms"}"#),
        ("rest", #""type": "wait", "config": {"duration": "30ms"}"#),
        ("past", #""type": "wait", "config": {"until": "2020-01-01T00:00:00Z"}"#),
        ("fan", #""type": "parallel", "config": {"limit": 2}"#),
        ("any", #""type": "parallel", "config": {"join": "any"}"#),
        ("race", #""type": "parallel", "config": {"join": "race"}"#),
        ("some", #""type": "parallel", "config": {"join": 2}"#),
        ("each", #""type": "loop", "config": {"over": "inputs.items"}"#),
        ("side", #""type": "loop", "config": {"over": "inputs.items", "concurrency": 3}"#),
        ("while", #""type": "loop", "config": {"mode": "while", "condition": "loop.index < 3"}"#),
        ("until", #""type": "loop", "config": {"mode": "until", "condition": "u1.output.i >= 2"}"#),
        ("dag", #""type": "dag""#),
        ("soft", #""type": "balk", "on_error": "ignore""#),
        ("safe", #""type": "balk", "on_error": {"strategy": "fallback", "node": "saved"}"#),
        ("undo", #""type": "sequence", "on_error": "ignore""#),
        ("hear", #""type": "wait", "config": {"signal": "go", "filter": "s == 1"}"#),
        ("ask", #""type": "human", "config": {"prompt": "?", "options": ["yes", "no"]}"#),
        (
            "late",
            #""type": "human", "config": {"prompt": "?", "timeout": "100ms", "fallback": "none"}"#
        ),
        (
            "judge",
            #""type": "reasoning", "config": {"prompt_context": "?", "options": [{"id": "a"}]}"#
        ),
        ("agent", #""type": "ask""#),
        (
            "child",
            #""type": "workflow", "config": {"workflow": "small", "input": {"n": "{{inputs.n}}"}}"#
        ),
        ("many", #""type": "loop", "config": {"over": "inputs.items", "concurrency": 2}"#),
        ("shot", #""type": "workflow", "config": {"workflow": "small", "wait": false}"#),
        (
            "square",
            #""type": "function", "config": {"action": "custom", "function": "square", "n": "{{inputs.n}}"}"#
        ),
        ("careful", #""type": "careful", "breaker": {"name": "b", "failures": 1000}"#),
        ("pay", #""type": "pay""#),
        ("never", #""type": "balk", "when": "inputs.n < 0""#),
    ]

    private static let inner = [
        ("f1", "fan", #""type": "pay""#),
        ("f2", "fan", #""type": "sequence""#),
        ("g1", "f2", #""type": "give", "config": {"give": "g"}"#),
        ("g2", "f2", #""type": "give", "config": {"give": "{{g1.output}}g"}"#),
        (
            "f3", "fan",
            #""type": "branch", "config": {"value": "look.output.result", "branches": {"true": "b1"}, "default": "b2"}"#
        ),
        ("b1", "f3", #""type": "give", "config": {"give": "big"}"#),
        ("b2", "f3", #""type": "give", "config": {"give": "small"}"#),
        ("f4", "fan", #""type": "balk", "when": "1 == 2""#),
        ("a1", "any", #""type": "give", "config": {"give": 1}"#),
        ("a2", "any", #""type": "linger""#),
        ("r1", "race", #""type": "linger""#),
        ("r2", "race", #""type": "give", "config": {"give": "won"}"#),
        ("s1", "some", #""type": "give", "config": {"give": 1}"#),
        ("s2", "some", #""type": "linger""#),
        ("s3", "some", #""type": "give", "config": {"give": 3}"#),
        ("e1", "each", #""type": "give", "config": {"give": "{{loop.item}}"}"#),
        ("e2", "each", #""type": "give", "config": {"give": "{{e1.output}}!"}"#),
        ("d1", "side", #""type": "pay""#),
        ("d2", "side", #""type": "give", "config": {"give": "{{loop.index}}"}"#),
        ("w1", "while", #""type": "give", "config": {"give": "{{loop.index}}"}"#),
        (
            "u1", "until",
            #""type": "function", "config": {"action": "json_transform", "template": {"i": "{{loop.index}}"}}"#
        ),
        ("x", "dag", #""type": "give", "config": {"give": 1}"#),
        ("y", "dag", #""type": "give", "depends_on": ["x"], "config": {"give": "{{x.output}}y"}"#),
        ("z", "dag", #""type": "give", "depends_on": ["x"], "config": {"give": "{{x.output}}z"}"#),
        (
            "v", "dag",
            #""type": "give", "depends_on": ["y", "z"], "config": {"give": "{{y.output}}{{z.output}}"}"#
        ),
        (
            "bad", "undo",
            #""type": "balk", "on_error": {"strategy": "compensate", "node": "undone"}"#
        ),
        ("undone", "undo", #""type": "pay""#),
        (
            "one", "many",
            #""type": "workflow", "config": {"workflow": "small", "input": {"n": "{{loop.index}}"}}"#
        ),
    ]

    private static let output = """
        {"n": "{{shape.output.n}}", "k": "{{set.output.k}}", "pick": "{{pick.output.value}}",
         "row": "{{f2.output}}", "branch": "{{f3.output.output}}", "any": "{{any.output}}",
         "race": "{{race.output}}", "some": "{{some.output}}", "each": "{{each.output.results}}",
         "side": "{{side.output.results}}", "while": "{{while.output.results}}",
         "until": "{{until.output.iterations}}", "dag": "{{dag.output.v}}",
         "safe": "{{saved.output}}", "hear": "{{hear.output.payload.s}}",
         "ask": "{{ask.output.choice}}", "late": "{{late.output.choice}}",
         "judge": "{{judge.output.v}}", "agent": "{{agent.output.v}}",
         "child": "{{child.output}}", "many": "{{many.output.results}}",
         "square": "{{square.output}}", "careful": "{{careful.output}}"}
        """

    /// The definitions of `all`, and of `small`, which runs of it start.
    static var kinds: [String] {
        let stops = ["start"] + way.map(\.0) + ["end"]
        let nodes =
            way.map { #"{"id": "\#($0.0)", \#($0.1)}"# }
            + inner.map { #"{"id": "\#($0.0)", "parent": "\#($0.1)", \#($0.2)}"# }
        let edges = zip(stops, stops.dropFirst()).map {
            #"{"source": "\#($0)", "target": "\#($1)"}"#
        }
        return [
            """
            {"id": "small",
             "nodes": [{"id": "start", "type": "start"}, {"id": "pay", "type": "pay"},
                       {"id": "end", "type": "end", "config": {"output": "{{inputs}}"}}],
             "edges": [{"source": "start", "target": "pay"}, {"source": "pay", "target": "end"}]}
            """,
            """
            {"id": "all", "on_complete": "last", "timeout": "1h",
             "nodes": [{"id": "start", "type": "start"}, \(nodes.joined(separator: ",\n")),
                       {"id": "saved", "type": "give", "config": {"give": "saved"}},
                       {"id": "last", "type": "think"},
                       {"id": "end", "type": "end", "config": {"output": \(output)}}],
             "edges": [\(edges.joined(separator: ", "))]}
            """,
        ]
    }

    /// The effects of one run of `all`, and of the runs of `small` that it starts.
    private static let effects = 13

    /// What the run number `n` has to come to.
    private static func expected(_ n: Int) -> JSON {
        let number = JSON.integer(Int64(n))
        return [
            "n": number, "k": 5, "pick": number, "row": "gg", "branch": n > 10 ? "big" : "small",
            "any": ["a1": 1],
            "race": ["mode": "race", "winner": 1, "child": "r2", "output": "won"],
            "some": ["s1": 1, "s3": 3], "each": ["p!", "q!", "r!", "s!"], "side": [0, 1, 2, 3],
            "while": [0, 1, 2], "until": 3, "dag": "1y1z", "safe": "saved", "hear": 1,
            "ask": "yes", "late": "none", "judge": 7, "agent": 7, "child": ["n": number],
            "many": [["n": 0], ["n": 1], ["n": 2], ["n": 3]],
            "square": .integer(Int64(n * n)), "careful": true,
        ]
    }

    /// Enqueues runs of `all`, each with its number.
    func enqueueKinds(_ runs: Int) async throws {
        try await pool.run { session in
            _ = try session.execute(
                """
                insert into pawl.run (workflow, key, input)
                select 'all', n::text, jsonb_build_object('n', n, 'items', '["p","q","r","s"]'::jsonb)
                from generate_series(1, \(runs)) n
                """
            )
        }
    }

    /// Answers, signals and lets pass what runs ask from outside.
    func attend() async throws {
        let asking = try await pool.run { session in
            try session.query(
                """
                select w.id, w.run_id, w.path from pawl.wait w
                join pawl.task t on t.id = w.task_id and t.phase = 'wait'
                where w.status = 'open' and w.path in ('ask', 'judge', 'agent', 'hear')
                limit 200
                """
            ).map { row in
                (
                    try row.decode(Int64.self, at: 0), try row.decode(UUID.self, at: 1),
                    try row.decode(String.self, at: 2)
                )
            }
        }
        for (wait, run, path) in asking {
            try await pool.run { session in
                switch path {
                case "ask": _ = try session.query("select pawl.decide(\(wait), 'yes')")
                case "hear":
                    _ = try session.query("select pawl.signal(\(run), 'go', '{\"s\": 0}')")
                    _ = try session.query("select pawl.signal(\(run), 'go', '{\"s\": 1}')")
                default: _ = try session.query("select pawl.answer(\(run), \(path), '{\"v\": 7}')")
                }
            }
        }
    }

    /// What is wrong with the runs of `all`, when all have ended.
    func shortcomings(_ runs: Int) async throws -> [String] {
        let ends = try await pool.run { session in
            try session.query(
                """
                select r.key, r.status, e.data from pawl.run r
                left join pawl.event e on e.run_id = r.id and e.kind = 'run_' || r.status
                where r.workflow = 'all'
                """
            ).map { row in
                (
                    try row.decode(String.self, at: 0), try row.decode(String.self, at: 1),
                    try row.decode(JSONText?.self, at: 2)?.bytes
                )
            }
        }
        var wrong = ends.count == runs ? [] : ["\(ends.count) runs instead of \(runs)"]
        for (key, status, data) in ends {
            let output = try data.map { try JSON(parsing: $0) } ?? .null
            if status != "completed" || output != Self.expected(Int(key) ?? 0) {
                wrong.append("run \(key) is \(status): \(output)")
            }
        }
        let effects = try await count("select count(*) from effect")
        let places = try await count(
            "select count(*) from (select distinct run_id, path, visit from effect) e"
        )
        if effects != Self.effects * runs || places != effects {
            wrong.append("\(effects) effects in \(places) places, not \(Self.effects * runs)")
        }
        for (invariant, violations) in try await pool.run({ try $0.verify() }) {
            wrong += violations.map { "\(invariant.name): \($0)" }
        }
        return wrong
    }
}
