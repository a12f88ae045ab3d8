import Testing

@testable import PawlCore

/// A failed run is taken up again at the steps that failed, inside containers too.
struct PlannerRevivalTests {
    private static let fails = [Rehearsal.failed, Rehearsal.gave("now")]

    private func run(
        _ nodes: String,
        _ edges: String = "start>p p>end",
        configs: [String: JSON] = [:],
        members: [String: [String: JSON]] = [:],
        failing: [String]
    ) throws -> Rehearsal {
        let outcomes = failing.map { ($0, Self.fails) }
        return try Rehearsal(
            .trusted(nodes, edges, configs: configs, members: members),
            input: ["items": [1, 2, 3]],
            Dictionary(uniqueKeysWithValues: outcomes)
        )
    }

    /// What is called again, by what failed.
    @Test(
        arguments: [
            ("p:work", ["p"], ["p"]),
            ("p:sequence p/a:work p/b:work p/c:work", ["p.b"], ["p.b", "p.c"]),
            ("p:sequence p/s:sequence s/a:work s/b:work p/c:work", ["p.s.b"], ["p.s.b", "p.c"]),
            ("p:parallel p/a:work p/b:work p/c:work", ["p.b"], ["p.b"]),
            ("p:parallel p/a:work p/b:work p/c:work", ["p.a", "p.c"], ["p.a", "p.c"]),
            ("p:parallel p/a:work p/s:sequence s/b:work s/c:work", ["p.s.c"], ["p.s.c"]),
            ("p:parallel p/a:work p/q:parallel q/b:work q/c:work", ["p.q.c"], ["p.q.c"]),
            ("p:dag p/a:work p/b:work p/c:work", ["p.b"], ["p.b", "p.c"]),
        ] as [(String, [String], [String])]
    )
    func `what had ended well stays`(nodes: String, failing: [String], called: [String]) throws {
        var run = try run(
            nodes,
            configs: ["p": ["value": "start.output"]],
            members: nodes.contains("dag")
                ? ["b": ["depends_on": ["a"]], "c": ["depends_on": ["b"]]] : [:],
            failing: failing
        )
        #expect(run.run.ending == .failed)
        try run.retry()
        #expect(run.calls == called)
        #expect(run.run.ending == .completed)
    }

    @Test
    func `a step keeps its visit, and its output its place`() throws {
        var run = try run("p:parallel p/a:work p/b:work", failing: ["p.b"])
        try run.retry()
        #expect(
            run.ends == [
                "completed p.a", "failed p.b", "run failed p", "run retried p", "completed p.b",
                "completed p", "run completed end",
            ]
        )
        #expect(try run.output("p") == ["a": "p.a", "b": "now"])
    }

    @Test
    func `a loop goes on in the iteration that failed`() throws {
        for (concurrency, called) in [
            // Beside the failing iteration the last one was at work, and ended well.
            (1, ["p.1.b", "p.2.a", "p.2.b"]), (2, ["p.1.b"]),
        ] as [(JSON, [String])] {
            var run = try run(
                "p:loop p/a:work p/b:work",
                configs: ["p": ["over": "inputs.items", "concurrency": concurrency]],
                failing: ["p.1.b"]
            )
            #expect(run.run.ending == .failed)
            try run.retry()
            #expect(run.calls == called, "\(concurrency)")
            #expect(run.run.ending == .completed)
            #expect(try run.output("p")?["results"] == ["p.0.b", "now", "p.2.b"])
        }
    }

    @Test
    func `a loop inside of iterations goes on where it stood`() throws {
        var run = try run(
            "p:loop p/q:loop q/a:work",
            configs: [
                "p": ["over": "inputs.items", "concurrency": 3], "q": ["over": "inputs.items"],
            ],
            failing: ["p.0.q.1.a", "p.2.q.2.a"]
        )
        try run.retry()
        #expect(Set(run.calls) == ["p.0.q.1.a", "p.0.q.2.a", "p.2.q.2.a"])
        #expect(run.run.ending == .completed)
    }

    @Test
    func `steps that were cut begin again as another visit`() throws {
        let definition = try Definition.trusted(
            "p:parallel p/a:work p/b:human p/c:sequence c/d:work c/e:human",
            "start>p p>end",
            configs: ["p": ["on_failure": "cancel"]]
        )
        var run = try Rehearsal(definition, ["p.a": Self.fails])
        #expect(run.run.ending == .failed)
        try run.retry()
        #expect(run.calls.contains("p.a"))
        #expect(run.live.contains("p.b#2"))
    }

    @Test
    func `a limit holds for revived children, too`() throws {
        let definition = try Definition.trusted(
            "p:parallel p/a:work p/b:work p/c:work",
            "start>p p>end",
            configs: ["p": ["join": 1, "limit": 1]]
        )
        var run = try Rehearsal(
            definition,
            ["p.a": Self.fails, "p.b": Self.fails, "p.c": Self.fails]
        )
        #expect(run.run.ending == .failed)
        try run.retry()
        #expect(run.calls == ["p.a"])
        #expect(run.run.ending == .completed)
    }

    @Test(
        arguments: [
            ("parallel", ["p.a", "p.b"]), ("dag", ["p.a", "p.b"]),
            ("loop", ["p.0.a", "p.1.a", "p.2.a"]),
        ] as [(String, [String])]
    )
    func `what an earlier visit gave does not count`(kind: String, called: [String]) throws {
        // In the second visit the first child fails before the next one has begun.
        let definition = try Definition.trusted(
            "p:\(kind) p/a:work" + (kind == "loop" ? "" : " p/b:work"),
            "start>p p>p",
            configs: [
                "p": ["limit": 1, "over": "inputs.items", "concurrency": 2, "on_failure": "cancel"]
            ],
            members: kind == "dag" ? ["b": ["depends_on": ["a"]]] : [:]
        )
        let first = called[0]
        var run = try Rehearsal(
            definition,
            input: ["items": [1, 2, 3]],
            limits: Limits(visits: 2),
            [first: [Rehearsal.gave(1), Rehearsal.failed, Rehearsal.gave(2)]]
        )
        #expect(run.ends.contains("completed p"))
        #expect(run.ends.contains("run failed p#2"))
        try run.retry()
        #expect(Set(run.calls) == Set(called))
        #expect(run.ends.contains("completed p#2"))
    }

    @Test
    func `a question is asked anew`() throws {
        var run = try run(
            "p:human",
            configs: ["p": ["timeout": "1h"]],
            failing: []
        )
        try run.expire("p")
        #expect(run.run.ending == .failed)
        try run.retry()
        #expect(run.live == ["p#2"])
    }

    @Test
    func `what stands in goes on standing in`() throws {
        for kind in ["work", "human"] {
            let definition = try Definition.trusted(
                "a:work f:\(kind) b:work",
                "start>a a>b b>end",
                configs: ["f": ["timeout": "1h"]],
                members: ["a": ["on_error": ["strategy": "fallback", "node": "f"]]]
            )
            var run = try Rehearsal(definition, ["a": [Rehearsal.failed], "f": Self.fails])
            if kind == "human" { try run.expire("f") }
            #expect(run.ends.last == "run failed f")
            try run.retry()
            if kind == "human" { try run.answer("f", [:]) }
            #expect(run.calls.last == "b", "\(kind)")
            #expect(run.run.ending == .completed, "\(kind)")
        }
    }

    @Test
    func `what was undone is done again`() throws {
        for nodes in ["a:work c:work", "s:sequence s/a:work s/c:work"] {
            let top = nodes.hasPrefix("s") ? "s" : "a"
            let path = top == "s" ? "s.a" : "a"
            let definition = try Definition.trusted(
                nodes,
                "start>\(top) \(top)>end",
                members: ["a": ["on_error": ["strategy": "compensate", "node": "c"]]]
            )
            var run = try Rehearsal(definition, [path: Self.fails])
            try run.retry()
            #expect(run.calls == [path])
            #expect(run.run.ending == .completed)
        }
    }

    @Test
    func `a container whose own doing it was begins again`() throws {
        let definition = try Definition.trusted(
            "a:work p:loop p/b:work",
            "start>a a>p p>end",
            configs: ["p": ["over": "context.list"]]
        )
        var run = try Rehearsal(definition)
        #expect(run.run.ending == .failed)
        #expect(try run.run.retry(skips: false))
        try run.run.set("list", [1, 2])
        try run.go()
        #expect(run.calls == ["a", "p.0.b", "p.1.b"])
        #expect(run.ends.contains("completed p#2"))
    }

    @Test
    func `the failed step may be passed over instead`() throws {
        var run = try run("p:work q:work", "start>p p>q q>end", failing: ["p"])
        try run.retry(skips: true)
        #expect(run.calls == ["q"])
        #expect(run.ends.suffix(3) == ["skipped p", "completed q", "run completed end"])
    }

    @Test
    func `a step that has a way on now takes it`() throws {
        let flag: JSON = ["path": "context.flag", "op": "eq", "value": true]
        let definition = try Definition.trusted(
            "p:work",
            "start>p p>end",
            conditions: ["p>end": flag]
        )
        var run = try Rehearsal(definition)
        #expect(try run.result?["code"] == "NO_VALID_TRANSITION")
        #expect(try run.run.retry(skips: false))
        try run.run.set("flag", true)
        try run.go()
        #expect(run.ends.suffix(2) == ["completed p#2", "run completed end"])
    }
}
