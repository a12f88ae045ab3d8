import Testing

@testable import PawlCore

/// Loops: over lists, and as long as a condition says so.
struct PlannerLoopTests {
    private func loop(
        _ config: JSON,
        _ nodes: String = "l/a:work",
        _ edges: String = "",
        conditions: [String: JSON] = [:],
        members: [String: [String: JSON]] = [:]
    ) throws -> Definition {
        try .trusted(
            "l:loop \(nodes)",
            "start>l l>end \(edges)",
            configs: ["l": config],
            conditions: conditions,
            members: members
        )
    }

    private static let items: JSON = ["items": ["x", "y", "z"]]

    @Test
    func `each item has an iteration, one after the other`() throws {
        let run = try Rehearsal(
            loop(["over": "inputs.items"], "l/a:work l/b:log"),
            input: Self.items
        )
        #expect(run.calls == ["l.0.a", "l.1.a", "l.2.a"])
        #expect(run.widest == 1)
        let logged = try (0..<3).compactMap { try run.output("l.\($0).b") }
        #expect(logged.count == 3)
        #expect(try run.output("l") == ["iterations": 3, "results": .array(logged)])
    }

    @Test(
        arguments: [
            (["over": "inputs.items", "max_iter": 2], 2),
            (["over": "inputs.items", "max_iter": 0], 0),
            (["over": "inputs.items", "max_iter": 0, "concurrency": 2], 0),
            (["over": "inputs.none"], 0), (["over": "inputs.none", "concurrency": 3], 0),
            (["over": "inputs.items", "concurrency": 2], 3),
            (["over": "inputs.items", "concurrency": 2, "max_iter": 1], 1),
        ] as [(JSON, Int)]
    )
    func `there are as many iterations as items, up to the limit`(config: JSON, count: Int) throws {
        let run = try Rehearsal(loop(config), input: ["items": ["x", "y", "z"], "none": []])
        let results = (0..<count).map { JSON.string("l.\($0).a") }
        #expect(
            try run.output("l")
                == ["iterations": .integer(Int64(count)), "results": .array(results)]
        )
        #expect(run.run.ending == .completed)
    }

    @Test
    func `the item and its number are known in the iteration`() throws {
        let run = try Rehearsal(
            loop(
                ["over": "inputs.items"],
                "l/a:log",
                members: ["a": ["config": ["paths": ["loop.item", "loop.index"]]]]
            ),
            input: Self.items
        )
        for (index, item) in ["x", "y", "z"].enumerated() {
            #expect(
                try run.output("l.\(index).a")?["values"]
                    == ["loop.item": .string(item), "loop.index": .integer(Int64(index))]
            )
        }
    }

    @Test
    func `iterations beside each other are as many as may be`() throws {
        let run = try Rehearsal(
            loop(["over": "inputs.items", "concurrency": 2], "l/a:work l/b:work"),
            input: Self.items
        )
        #expect(Set(run.calls) == Set((0..<3).flatMap { ["l.\($0).a", "l.\($0).b"] }))
        #expect(run.widest == 2)
        #expect(try run.output("l")?["results"] == ["l.0.b", "l.1.b", "l.2.b"])
    }

    @Test
    func `without collecting only the number of iterations is kept`() throws {
        for concurrency in [1, 2] as [JSON] {
            let config: JSON = [
                "over": "inputs.items", "collect": false, "concurrency": concurrency,
            ]
            let run = try Rehearsal(loop(config), input: Self.items)
            #expect(try run.output("l") == ["iterations": 3])
        }
    }

    @Test(
        arguments: [
            (nil, "nothing at inputs.items (inputs has no members)"), ("x", "a string"),
            (5, "a number"),
        ] as [(JSON, String)]
    )
    func `what is no list fails the loop`(items: JSON, found: String) throws {
        let input: JSON = items.isNull ? [:] : ["items": items]
        let run = try Rehearsal(loop(["over": "inputs.items"]), input: input)
        #expect(
            try run.result == [
                "code": "VALIDATION_ERROR",
                "message": .string("a loop goes through a list, and found \(found)"),
            ]
        )
    }

    private static let below: JSON = ["path": "loop.index", "op": "lt", "value": 2]
    private static let done: JSON = ["path": "a.output", "op": "eq", "value": "done"]

    @Test(
        arguments: [
            // The number of the iteration to come, and of the one that was.
            (["mode": "while", "condition": below], 2),
            (["mode": "until", "condition": ["type": "not", "conditions": [below]]], 3),
            // What the last iteration gave.
            (["mode": "while", "condition": ["type": "not", "conditions": [done]]], 3),
            (["mode": "until", "condition": done], 3),
            (["mode": "until", "condition": done, "max_iter": 2], 2),
            // Before the first, or only after it.
            (["mode": "while", "condition": done], 0),
            (["mode": "until", "condition": ["type": "all", "conditions": []]], 1),
        ] as [(JSON, Int)]
    )
    func `a condition says how long it goes on`(config: JSON, count: Int) throws {
        let run = try Rehearsal(loop(config), ["l.2.a": [Rehearsal.gave("done")]])
        #expect(run.calls == (0..<count).map { "l.\($0).a" })
        #expect(try run.output("l")?["iterations"] == .integer(Int64(count)))
        #expect(run.run.ending == .completed)
    }

    @Test
    func `a failing iteration fails a loop that goes through one after the other`() throws {
        let run = try Rehearsal(
            loop(["over": "inputs.items"]),
            input: Self.items,
            ["l.1.a": [Rehearsal.failed]]
        )
        #expect(run.calls == ["l.0.a", "l.1.a"])
        #expect(run.ends == ["completed l.0.a", "failed l.1.a", "run failed l"])
        #expect(try run.result?["message"] == "Child 'a' failed: broken")
    }

    @Test(arguments: [("wait", ["l.0.a", "l.1.a"]), ("cancel", ["l.0.a"])])
    func `of iterations beside each other a failure keeps the rest from beginning`(
        policy: String,
        calls: [String]
    ) throws {
        let run = try Rehearsal(
            loop(["over": "inputs.items", "concurrency": 2, "on_failure": .string(policy)]),
            input: Self.items,
            ["l.0.a": [Rehearsal.failed]]
        )
        #expect(run.calls.starts(with: ["l.0.a"]))
        #expect(!run.calls.contains("l.2.a"))
        #expect(run.run.ending == .failed)
        #expect(try run.result?["message"] == "Child 'a' failed: broken")
        if policy == "wait" { #expect(run.calls == calls) }
    }

    @Test
    func `a second visit does not see the failures of the first`() throws {
        // In the second visit the first iteration goes another way.
        let definition = try loop(
            ["over": "inputs.items", "concurrency": 2, "max_iter": 1],
            "l/a:work l/b:work l/c:work more:work",
            "a>b a>c l>more more>l",
            conditions: [
                "a>b": ["path": "a.output", "op": "eq", "value": "b"],
                "l>end": ["path": "l.output.results", "op": "exists"],
            ],
            members: ["l": ["on_error": "ignore"]]
        )
        let run = try Rehearsal(
            definition,
            input: Self.items,
            ["l.0.a": [Rehearsal.gave("b"), Rehearsal.gave("c")], "l.0.b": [Rehearsal.failed]]
        )
        #expect(run.calls == ["l.0.a", "l.0.b", "more", "l.0.a", "l.0.c"])
        #expect(try run.output("l") == ["iterations": 1, "results": ["l.0.c"]])
        #expect(run.run.ending == .completed)
    }

    @Test
    func `loops in loops keep their items apart`() throws {
        let definition = try Definition.trusted(
            "l:loop l/m:loop m/a:log",
            "start>l l>end",
            configs: [
                "l": ["over": "inputs.rows"], "m": ["over": "loop.item"],
                "a": ["paths": ["loop.item"]],
            ]
        )
        let run = try Rehearsal(definition, input: ["rows": [[1, 2], [3]]])
        #expect(
            run.ends.filter { $0.hasSuffix(".a") }
                == ["completed l.0.m.0.a", "completed l.0.m.1.a", "completed l.1.m.0.a"]
        )
        #expect(try run.output("l.1.m.0.a")?["values"] == ["loop.item": 3])
    }
}
