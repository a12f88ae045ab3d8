import Testing

@testable import PawlCore

/// Definitions: how they are read, what they know of themselves, and what is refused.
struct DefinitionTests {
    private static let text = """
        {"id": "greet", "queue": "mail", "priority": 2,
         "nodes": [{"id": "start", "type": "start"},
                   {"id": "hello", "type": "say", "config": {"text": "hi"},
                    "retry": {"max": 3, "backoff": "linear", "delay": "2s", "max_delay": "1m"},
                    "timeout": "30s"},
                   {"id": "both", "type": "parallel"},
                   {"id": "one", "type": "mail.send", "parent": "both"},
                   {"id": "two", "type": "parallel", "parent": "both"},
                   {"id": "deep", "type": "log", "parent": "two"},
                   {"id": "end", "type": "end"}],
         "edges": [{"source": "start", "target": "hello"},
                   {"source": "hello", "target": "both",
                    "condition": {"type": "field", "path": "hello.output.said", "op": "exists"}},
                   {"source": "hello", "target": "end"},
                   {"source": "both", "target": "end", "condition": null}]}
        """

    private func read(_ text: String) throws -> Definition {
        try Definition(json: JSON(parsing: text.utf8))
    }

    @Test
    func `a text is read`() throws {
        let definition = try read(Self.text)
        #expect(definition.name == "greet")
        #expect(definition.settings.queue == "mail")
        #expect(definition.settings.priority == 2)
        #expect(try definition.json == JSON(parsing: Self.text.utf8))
        #expect(
            definition.node("hello")
                == Node(
                    "hello",
                    .handler("say"),
                    config: ["text": "hi"],
                    retry: RetryPolicy(
                        maximumRetries: 3,
                        backoff: .linear,
                        delay: .seconds(2),
                        maximumDelay: .seconds(60)
                    ),
                    timeout: .seconds(30)
                )
        )
        #expect(definition.node("one") == Node("one", .handler("mail.send"), parent: "both"))
        #expect(definition.node("nobody") == nil)
        #expect(
            definition.edges(from: "hello") == [
                Edge("hello", "both", when: .exists("hello.output.said")),
                Edge("hello", "end"),
            ]
        )
        #expect(definition.edges(from: "both") == [Edge("both", "end")])
        #expect(definition.edges(from: "end").isEmpty)
    }

    @Test
    func `what is left out has a default, and so has null`() throws {
        let definition = try read(#"{"id": "a", "nodes": [{"id": "n", "type": "work"}]}"#)
        #expect(definition.settings.queue == "default")
        #expect(definition.settings.priority == 5)
        #expect(definition.nodes == [Node("n", .handler("work"))])
        let null = try read(
            """
            {"id": "a", "queue": null, "priority": null, "edges": null,
             "nodes": [{"id": "n", "type": "work", "config": null, "parent": null, "retry": null,
                        "timeout": null}]}
            """
        )
        #expect(null.nodes == definition.nodes)
        #expect(null.settings.queue == "default")
        #expect(null.settings.priority == 5)
    }

    @Test
    func `children and paths follow the containers`() throws {
        let definition = try read(Self.text)
        #expect(definition.children(of: "both").map(\.id) == ["one", "two"])
        #expect(definition.children(of: "two").map(\.id) == ["deep"])
        #expect(definition.children(of: "hello").isEmpty)
        let deep = try #require(definition.node("deep"))
        #expect(definition.path(of: deep) == "both.two.deep")
        #expect(StepID(path: definition.path(of: deep)).node == "deep")
    }

    @Test
    func `a run begins behind a start that does nothing`() throws {
        #expect(try read(Self.text).entry.id == "hello")
        let choice = try Definition.graph("a:work b:work", "start>a start>b a>end b>end")
        #expect(choice.entry.id == "start")
        let condition = try Definition.graph(
            "a:work",
            "start>a a>end",
            conditions: ["start>a": ["type": "otherwise"]]
        )
        #expect(condition.entry.id == "start")
        #expect(try Definition.graph("", "start>end").entry.id == "end")
        #expect(Definition.job("a").entry.id == "a")
    }

    @Test(arguments: ["greet", "billing.charge", "a b/c", String(repeating: "x", count: 100)])
    func `a job reads back as it was`(name: String) throws {
        let job = Definition.job(name, queue: "q", priority: 9)
        let back = try Definition(json: JSON(parsing: job.json.serialized()))
        #expect(back == job)
        #expect(back.name == name)
        #expect(back.entry.kind == .handler(name))
        #expect(back.node(StepID(path: back.entry.id).node) == back.entry)
    }

    @Test
    func `a job cannot be of a kind of Pawl's own`() async {
        await #expect(processExitsWith: .failure) { _ = Definition.job("start") }
        await #expect(processExitsWith: .failure) { _ = Definition.job("@tick") }
        await #expect(processExitsWith: .failure) { _ = Definition.job("a", priority: 10) }
    }

    @Test
    func `an answer need not be one of options`() throws {
        for config in [
            [:], ["options": nil, "fallback": nil], ["options": [], "fallback": "any"],
            ["options": ["a", ["id": "b"]], "fallback": "b", "timeout": "1h"],
            ["actions": ["a"], "fallback": "a"],
        ] as [JSON] {
            _ = try Definition.graph("ask:human", "start>ask ask>end", configs: ["ask": config])
        }
    }

    @Test
    func `a graph as large as may be is read`() throws {
        let count = Definition.maximumNodes - 2
        let names = (0..<count).map { "n\($0)" }
        let definition = try Definition.graph(
            names.map { "\($0):work" }.joined(separator: " "),
            zip(["start"] + names, names + ["end"]).map { "\($0)>\($1)" }.joined(separator: " ")
        )
        #expect(definition.nodes.count == Definition.maximumNodes)
    }

    @Test
    func `containers nest as deep as a path may be long`() throws {
        func nested(_ depth: Int) throws -> Definition {
            let inner = (1..<depth).map { "p\($0 - 1)/p\($0):parallel" }
            return try .graph(
                (["p0:parallel"] + inner).joined(separator: " "),
                "start>p0 p0>end"
            )
        }
        let deep = try nested(222)
        let last = try #require(deep.node("p221"))
        #expect(deep.path(of: last).utf8.count == 999)
        let tooDeep = #expect(throws: InvalidDefinition.self) { _ = try nested(223) }
        #expect(tooDeep?.problems.map(\.code) == [.badContainer])
        #expect(
            tooDeep?.problems.map(\.message) == [
                "node \"p222\" is nested too deep: its path takes more than 1000 bytes"
            ]
        )
        // Nor do thousands of levels take long, or much stack.
        #expect(throws: InvalidDefinition.self) { _ = try nested(9_990) }
    }
}
