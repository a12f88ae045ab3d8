import PawlCore
import Testing

/// Reports on definitions, of every form and of any size.
struct DefinitionReportTests {
    private func report(_ text: String) throws -> Definition.Report {
        Definition.check(try JSON(parsing: text.utf8))
    }

    @Test
    func `errors and warnings are apart, and all are told`() throws {
        let report = try report(
            #"""
            {"id": "", "nodes": [{"id": "start", "type": "start"},
              {"id": "a", "type": "x", "timeout": 5, "retry": {"max": -1}}, {"id": "end", "type": "end"}],
             "edges": [{"source": "start", "target": "a"}, {"source": "a", "target": "b"}]}
            """#
        )
        #expect(report.definition == nil)
        #expect(
            report.errors.map(\.place)
                == ["id", "nodes[1].retry.max", "nodes[1].timeout", "edges[1].target"]
        )
        #expect(
            report.errors[0].json == [
                "path": "id", "code": "MALFORMED", "severity": "error",
                "message": "a workflow is named by 1 to 200 characters",
                "hint": #"add "id": "name""#,
            ]
        )
    }

    @Test
    func `places are those of the text that was given`() throws {
        let report = try report(
            #"""
            {"name": "w", "definition": {"timeout": "1x", "steps": [
              {"id": "a", "action": "x", "params": {"p": "{{nobody.output}}"}, "timeout": "soon"},
              {"id": "c", "type": "condition", "config": {"expression": "inputs.n",
                "branches": {"yes": [{"id": "b", "action": "y", "retry": {"max": "many"}}]}}},
              {"id": "w", "type": "wait", "config": {"signal": ""}},
              {"id": "e", "action": "x", "depends_on": ["f"]},
              {"id": "f", "action": "x", "depends_on": ["e"]}]}}
            """#
        )
        #expect(
            Set(report.errors.map(\.place)) == [
                "definition.timeout", "definition.steps[0].timeout",
                "definition.steps[1].config.branches.yes[0].retry.max",
                "definition.steps[2].config.signal", "definition.steps[3].depends_on",
            ]
        )
    }

    @Test
    func `what could not be converted is not missed elsewhere`() throws {
        let report = try report(
            #"{"id": "w", "steps": [{"action": "x"}, {"id": "b", "action": "x", "depends_on": ["b"]}]}"#
        )
        #expect(report.errors.map(\.place) == ["steps[0].id", "steps[1].depends_on[0]"])
        #expect(report.definition == nil)
    }

    @Test
    func `steps become a definition that can be used`() throws {
        let report = try report(
            #"""
            {"id": "w", "on_complete": {"id": "bye", "action": "x"}, "steps": [
              {"id": "p", "type": "parallel", "config": {"branches": [[{"id": "a", "action": "x"}],
                [{"id": "b", "action": "x", "on_error": {"strategy": "fallback_step", "fallback_step": "f"}},
                 {"id": "f", "action": "x"}]]}},
              {"id": "c", "type": "condition", "config": {"expression": "inputs.n",
                "branches": {"1": [{"id": "d", "action": "x"}]}, "default": [{"id": "e", "action": "x"}]}},
              {"id": "l", "type": "loop", "depends_on": ["p", "c"], "config": {"over": "inputs.list",
                "body": [{"id": "g", "action": "x", "params": {"v": "${{loop.item}}"}}]}},
              {"id": "w", "type": "wait", "depends_on": ["l"], "config": {"duration": "1s"}},
              {"id": "r", "type": "reasoning", "depends_on": ["w"], "config": {"options": [{"id": "y"}]}},
              {"id": "z", "action": "y", "depends_on": ["r"], "on_error": {"strategy": "fallback_step",
                "fallback_step": "s"}}, {"id": "s", "action": "x"}]}
            """#
        )
        #expect(report.errors == [])
        #expect(report.warnings == [])
        #expect(report.definition?.children(of: "dag").map(\.id) == ["p", "c", "l", "w", "r", "z"])
        #expect(report.definition?.settings.onComplete == "bye")
    }

    // MARK: - Any size

    private static func nodes(_ count: Int, _ make: (Int) -> JSON) -> JSON {
        let rim: [JSON] = [["id": "start", "type": "start"], ["id": "end", "type": "end"]]
        return .array(rim + (0..<count).map(make))
    }

    private static func edges(_ pairs: some Sequence<(String, String)>) -> JSON {
        .array(pairs.map { ["source": .string($0), "target": .string($1)] })
    }

    @Test(.timeLimit(.minutes(1)))
    func `10,000 nodes are checked in no time, however they hang together`() {
        let count = 9_990
        let chain = Self.edges(
            [("start", "n0")] + (1..<count).map { ("n\($0 - 1)", "n\($0)") }
                + [("n\(count - 1)", "end")]
        )
        let references = Definition.check([
            "id": "chain", "edges": chain,
            "nodes": Self.nodes(count) { index in
                [
                    "id": .string("n\(index)"), "type": "x",
                    "config": ["text": .string("{{n\(max(index - 1, 0)).output.x}}")],
                    "on_error": "ignore",
                ]
            },
        ])
        #expect(references.errors == [] && references.warnings == [])
        let wide = Definition.check([
            "id": "wide", "edges": Self.edges([("start", "d"), ("d", "end")]),
            "nodes": Self.nodes(count) { index in
                guard index > 0 else { return ["id": "d", "type": "dag"] }
                let others = (max(1, index - 3)..<index).map { JSON.string("n\($0)") }
                return [
                    "id": .string("n\(index)"), "type": "x", "parent": "d",
                    "depends_on": .array(others),
                ]
            },
        ])
        #expect(wide.errors == [] && wide.warnings == [])
    }

    @Test(.timeLimit(.minutes(1)))
    func `long circles are told, not followed for ever`() {
        let count = 9_990
        let dag = Definition.check([
            "id": "w", "edges": Self.edges([("start", "d"), ("d", "end")]),
            "nodes": Self.nodes(count) { index in
                guard index > 0 else { return ["id": "d", "type": "dag"] }
                return [
                    "id": .string("n\(index)"), "type": "x", "parent": "d",
                    "depends_on": [.string("n\(index % (count - 1) + 1)")],
                ]
            },
        ])
        #expect(dag.errors.map(\.code) == [.cycle])
        let parents = Definition.check([
            "id": "w", "edges": Self.edges([("start", "end")]),
            "nodes": Self.nodes(count) { index in
                [
                    "id": .string("n\(index)"), "type": "sequence",
                    "parent": .string("n\((index + 1) % count)"),
                ]
            },
        ])
        #expect(parents.errors.count == count)
        #expect(parents.errors.allSatisfy { $0.message.hasSuffix("is inside itself") })
        let standIns = Definition.check([
            "id": "w", "edges": Self.edges([("start", "end")]),
            "nodes": Self.nodes(count) { index in
                [
                    "id": .string("n\(index)"), "type": "x",
                    "on_error": [
                        "strategy": "fallback", "node": .string("n\((index + 1) % count)"),
                    ],
                ]
            },
        ])
        #expect(standIns.errors.filter { $0.code == .cycle }.map(\.place).count == 1)
    }

    @Test(.timeLimit(.minutes(1)))
    func `containers inside one another are too deep before they are too many`() {
        let deep = Definition.check([
            "id": "w", "edges": Self.edges([("start", "n0"), ("n0", "end")]),
            "nodes": Self.nodes(9_990) { index in
                [
                    "id": .string("n\(index)"), "type": "sequence",
                    "parent": index == 0 ? .null : .string("n\(index - 1)"),
                ]
            },
        ])
        #expect(deep.definition == nil)
        #expect(deep.errors.map(\.code) == [.badContainer])
        #expect(deep.errors.first?.message.contains("nested too deep") == true)
    }

    @Test
    func `what is too large is refused at once`() {
        let many = Self.nodes(200_000) { ["id": .string("n\($0)"), "type": "x"] }
        #expect(Definition.check(["id": "w", "nodes": many]).errors.map(\.code) == [.tooLarge])
        let edges = JSON.array(Array(repeating: ["source": "a", "target": "b"], count: 200_000))
        #expect(Definition.check(["id": "w", "edges": edges]).errors.map(\.code) == [.tooLarge])
        var deep: JSON = "x"
        for _ in 0..<10_000 { deep = ["config": deep] }
        #expect(Definition.check(["id": "w", "metadata": deep]).errors.map(\.code) == [.tooLarge])
    }

    @Test(
        arguments: [
            "null", "[]", "5", #""x""#, "{}", #"{"nodes": 5}"#, #"{"nodes": [5, null, []]}"#,
            #"{"id": "w", "nodes": [{"id": "a", "type": "x"}], "edges": [5]}"#,
            #"{"steps": 5}"#, #"{"steps": []}"#, #"{"steps": [[]]}"#,
            #"{"definition": {"steps": {}}}"#,
            #"{"id": "w", "steps": [{"id": "a", "type": 5, "config": 5, "params": 5, "retry": 5}]}"#,
            #"{"id": "w", "steps": [{"id": "a", "type": "loop", "config": {"body": {"id": "b"}}}]}"#,
            #"{"id": "w", "steps": [{"id": "a", "type": "condition", "config": {"branches": {"": 5}}}]}"#,
            #"{"id": "w", "steps": [{"id": "@", "action": "@x", "on_error": "ignore"}]}"#,
            #"{"id": "w", "metadata": 5, "inputs": 5, "on_error": 5, "steps": [{"id": "a", "action": "x"}]}"#,
            #"{"id": "w", "nodes": [{"id": "a", "type": "x", "config": {"t": "{{a | default(} }}"}}]}"#,
        ]
    )
    func `no text is too odd`(text: String) throws {
        let report = try report(text)
        if report.definition == nil { #expect(!report.errors.isEmpty) }
        #expect(report.errors.allSatisfy { $0.severity == .error })
        #expect(report.warnings.allSatisfy { $0.severity == .warning })
    }
}
