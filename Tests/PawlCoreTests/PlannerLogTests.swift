import Testing

@testable import PawlCore

/// What log nodes record, and how long names are in messages.
struct PlannerLogTests {
    private func output(_ config: JSON) throws -> JSON? {
        try Rehearsal(
            .graph("l:log", "start>l l>end", configs: ["l": config]),
            input: ["n": 5]
        ).output("l")
    }

    @Test
    func `the message is resolved as far as it can be`() throws {
        let found = try output(["message": "n is ${{inputs.n}}, {{nobody.output}}", "paths": []])
        #expect(found == ["message": "n is 5, {{nobody.output}}", "values": [:]])
    }

    @Test
    func `no paths are nothing, and none at all everything`() throws {
        #expect(try output(["paths": []])?["values"] == [:])
        for config in [[:], ["paths": nil]] as [JSON] {
            #expect(try output(config)?["values"]?["start"] == ["output": ["input": ["n": 5]]])
        }
    }

    @Test
    func `a long name is cut`() throws {
        let text = "{{" + String(repeating: "{", count: 10_000) + "}}"
        let graph = GraphProblemTests.graph(
            "f:function l:loop l/a:x",
            "start>f f>l l>end",
            members: [
                "f": ["config": ["action": "json_transform", "template": .string(text)]],
                "l": ["config": ["over": .string(String(repeating: "x", count: 3_000))]],
            ]
        )
        let report = Definition.check(graph)
        #expect(report.warnings.count == 2)
        #expect(report.warnings.allSatisfy { "\($0)".count < 400 })
        let run = try Rehearsal(try #require(report.definition))
        #expect(try run.result?["message"]?.stringValue?.count ?? 9_999 < 200)
        let broken = "{{" + String(repeating: "x", count: 10_000) + " | default( }}"
        let error = #expect(throws: TemplateError.self) { _ = try Template(json: .string(broken)) }
        #expect("\(try #require(error))".count < 200)
    }
}
