import FoundationEssentials
import Pawl
import PawlTesting
import Testing

/// Graphs of dependencies, sequences and branches.
@Suite(.database, .timeLimit(.minutes(20)))
struct DagTests {
    let shop = Workshop()

    /// a and b side by side, c after both, d after a, e after c and d.
    private func diamond(_ c: String) -> [String] {
        [
            #"{"id": "dag", "type": "dag"}"#,
            #"{"id": "a", "type": "give", "parent": "dag", "config": {"give": 1}}"#,
            #"{"id": "b", "type": "give", "parent": "dag", "config": {"give": 2}}"#,
            #"{"id": "c", "parent": "dag", "depends_on": ["a", "b"], \#(c)}"#,
            #"{"id": "d", "type": "give", "parent": "dag", "depends_on": ["a"], "config": {"give": "d{{a.output}}"}}"#,
            #"{"id": "e", "type": "give", "parent": "dag", "depends_on": ["c", "d"], "config": {"give": "e"}}"#,
        ]
    }

    @Test func `each child begins when those that it depends on have ended`() async throws {
        let nodes = diamond(#""type": "give", "config": {"give": "{{a.output}}+{{b.output}}"}"#)
        try await shop.define("dag", ["dag"], nodes.joined(separator: ","))
        try await shop.withWorker([Hands.give]) {
            let run = try await shop.run("dag")
            #expect(try await shop.output(of: run, "dag") == ["e": "e"])
            #expect(try await shop.output(of: run, "dag.c") == "1+2")
            let order = try await shop.transcript(of: run)
            func place(_ id: String) -> Int {
                order.firstIndex(of: "step_completed dag.\(id)") ?? -1
            }
            #expect(place("a") < place("c") && place("b") < place("c") && place("a") < place("d"))
            #expect(place("c") < place("e") && place("d") < place("e"))
        }
    }

    @Test func `what depends on a failure never begins, and a retry does it`() async throws {
        let calls = Tally()
        let nodes = diamond(#""type": "moody""#)
        try await shop.define("dag", ["dag"], nodes.joined(separator: ","))
        try await shop.withWorker([Hands.give, Hands.moody(calls)]) {
            let run = try await shop.run("dag", toBe: .failed)
            let transcript = try await shop.transcript(of: run)
            #expect(!transcript.contains { $0.hasSuffix("dag.e") })
            try await shop.client.retry(run, by: "ann")
            try await shop.wait(for: run, toBe: .completed)
            let after = try await shop.transcript(of: run)
            #expect(after.filter { $0 == "step_completed dag.a" }.count == 1)
            #expect(try await shop.output(of: run, "dag") == ["e": "e"])
        }
    }

    @Test(arguments: [
        #""type": "fail", "on_error": "ignore""#, #""type": "fail", "when": "1 == 2""#,
        #""type": "fail", "on_error": {"strategy": "fallback", "node": "f"}"#,
    ])
    func `what is ignored, passed over or stood in for is an end too`(c: String) async throws {
        let nodes =
            diamond(c) + [
                #"{"id": "f", "type": "give", "parent": "dag", "config": {"give": "f"}}"#
            ]
        let kept = c.contains("fallback") ? nodes : Array(nodes.dropLast())
        try await shop.define("dag", ["dag"], kept.joined(separator: ","))
        try await shop.withWorker([Hands.give, Hands.fail]) {
            let run = try await shop.run("dag")
            #expect(try await shop.output(of: run, "dag.e") == "e")
        }
    }

    @Test func `a wide graph in many layers ends`() async throws {
        let nodes = (0..<10).flatMap { layer in
            (0..<10).map { column in
                let before = layer == 0 ? [] : (0..<10).map { #""n\#(layer - 1)_\#($0)""# }
                return #"""
                    {"id": "n\#(layer)_\#(column)", "type": "give", "parent": "dag",
                     "depends_on": [\#(before.joined(separator: ", "))], "config": {"give": \#(column)}}
                    """#
            }
        }
        try await shop.define(
            "wide",
            ["dag"],
            #"{"id": "dag", "type": "dag"}"#,
            nodes.joined(separator: ",")
        )
        try await shop.withWorker([Hands.give]) {
            let run = try await shop.run("wide")
            #expect(try await shop.output(of: run, "dag")?["n9_9"] == 9)
            #expect(try await shop.count("select count(*) from pawl.event") == 103)
        }
    }

    @Test func `sequences go in order, or as their edges say, and branches choose`() async throws {
        try await shop.define(
            "row",
            ["row", "look", "other"],
            #"{"id": "row", "type": "sequence"}"#,
            #"{"id": "a", "type": "give", "parent": "row", "config": {"give": "a"}}"#,
            #"{"id": "b", "type": "give", "parent": "row", "config": {"give": "{{a.output}}b"}}"#,
            #"{"id": "look", "type": "branch", "config": {"value": "row.output", "branches": {"ab": "hit"}, "default": "miss"}}"#,
            #"{"id": "hit", "type": "give", "parent": "look", "config": {"give": "hit"}}"#,
            #"{"id": "miss", "type": "fail", "parent": "look"}"#,
            #"{"id": "other", "type": "sequence"}"#,
            #"{"id": "x", "type": "give", "parent": "other", "config": {"give": 1}}"#,
            #"{"id": "y", "type": "give", "parent": "other", "config": {"give": 2}}"#,
            edges: #"{"source": "y", "target": "x"}"#
        )
        try await shop.withWorker([Hands.give, Hands.fail]) {
            let run = try await shop.run("row")
            #expect(try await shop.output(of: run, "row") == "ab")
            #expect(try await shop.output(of: run, "look") == ["branch": "ab", "output": "hit"])
            #expect(try await shop.output(of: run, "other") == 1)
        }
    }
}
