import PawlCore
import Testing

/// Diagrams: what is drawn of a definition, and of a run of it.
struct DiagramTests {
    private static let release = """
        {"id": "release",
         "nodes": [{"id": "start", "type": "start"},
                   {"id": "checks", "type": "parallel"},
                   {"id": "unit-tests", "type": "test", "parent": "checks"},
                   {"id": "licence", "type": "audit", "parent": "checks"},
                   {"id": "ask", "type": "human",
                    "config": {"prompt": "Ship it?", "options": ["yes", "no"]}},
                   {"id": "publish", "type": "publish"},
                   {"id": "end", "type": "end"}],
         "edges": [{"source": "start", "target": "checks"},
                   {"source": "checks", "target": "ask"},
                   {"source": "ask", "target": "publish", "condition":
                    {"type": "field", "path": "ask.output.choice", "op": "eq", "value": "yes"}},
                   {"source": "ask", "target": "end"},
                   {"source": "publish", "target": "end"}]}
        """
    private static let statuses: [String: StepStatus] = [
        "checks": .completed, "checks.unit-tests": .completed, "licence": .skipped,
        "ask": .completed, "publish": .retrying,
    ]

    private func release(_ statuses: [String: StepStatus] = [:]) throws -> Diagram {
        let definition = try Definition(json: JSON(parsing: Self.release.utf8))
        return Diagram(definition: definition, statuses: statuses)
    }

    @Test
    func `Mermaid shows outlines, containers and conditions`() throws {
        #expect(
            try release().mermaid == """
                graph TD
                    __start__(("Start"))
                    subgraph checks["checks"]
                        unit_tests["unit-tests"]
                        licence["licence"]
                    end
                    ask{{"ask: Ship it?"}}
                    publish["publish"]
                    __end__(("End"))
                    __start__ --> checks
                    checks --> ask
                    ask -->|"choice = yes"| publish
                    ask -->|"otherwise"| __end__
                    publish --> __end__

                """
        )
    }

    @Test
    func `Mermaid classes the steps of a run, and names only classes that are used`() throws {
        let plain = try release().mermaid
        let classed = try release(Self.statuses).mermaid
        #expect(classed.hasPrefix(plain))
        #expect(
            classed.dropFirst(plain.count) == """
                    classDef completed fill:#dcfce7,stroke:#16a34a,color:#14532d
                    class __start__,checks,unit_tests,ask completed
                    classDef running fill:#dbeafe,stroke:#2563eb,color:#1e3a8a
                    class publish running
                    classDef skipped fill:#f8fafc,stroke:#94a3b8,color:#64748b
                    class licence skipped

                """
        )
    }

    @Test
    func `a text shows the tree and where each step leads`() throws {
        #expect(
            try release().text == """
                release
                |- Start -> checks
                |- checks (parallel) -> ask
                |  |- unit-tests (test)
                |  `- licence (audit)
                |- ask (human: Ship it?)
                |    -> publish: choice = yes
                |    -> End: otherwise
                |- publish -> End
                `- End

                """
        )
        #expect(
            try release(Self.statuses).text == """
                release
                |- [OK]    Start -> checks
                |- [OK]    checks (parallel) -> ask
                |  |- [OK]    unit-tests (test)
                |  `- [SKIP]  licence (audit)
                |- [OK]    ask (human: Ship it?)
                |    -> publish: choice = yes
                |    -> End: otherwise
                |- [RETRY] publish -> End
                `-         End

                """
        )
    }

    @Test
    func `Graphviz gets clusters and arrows between them`() throws {
        let dot = try release(Self.statuses).dot
        for part in [
            "digraph \"release\" {\n", "    subgraph \"cluster_1\" {\n",
            "label=\"checks [OK]\\nparallel\"",
            "        \"unit-tests\" [label=\"unit-tests [OK]\\n",
            "    \"start\" -> \"unit-tests\" [lhead=\"cluster_1\"]\n",
            "    \"licence\" -> \"ask\" [ltail=\"cluster_1\"]\n",
            "    \"ask\" -> \"publish\" [label=\" choice = yes \"]\n",
        ] { #expect(dot.contains(part), "\(part)") }
        #expect(dot.hasSuffix("}\n"))
    }

    @Test(arguments: StepStatus.allCases)
    func `every status has a class, a tag and a colour`(status: StepStatus) throws {
        let marked = try release(["publish": status])
        let tags: [StepStatus: String] = [
            .pending: "PEND", .scheduled: "PEND", .ready: "PEND", .running: "RUN",
            .waiting: "WAIT", .retrying: "RETRY", .completed: "OK", .failed: "FAIL",
            .skipped: "SKIP", .cancelled: "SKIP",
        ]
        let tag = try #require(tags[status])
        #expect(marked.text.contains("[\(tag)]"))
        #expect(marked.svg.contains(">\(tag)</text>"))
        #expect(marked.dot.contains("publish [\(tag)]"))
        #expect(marked.mermaid.contains("    class publish ") || status == .completed)
    }

    @Test
    func `outlines tell types apart`() {
        let outlines: [String: (String, String)] = [
            "deploy": ("[", "]"), "function": ("[", "]"), "log": ("[", "]"),
            "condition": ("{", "}"), "switch": ("{", "}"), "branch": ("{", "}"),
            "human": ("{{", "}}"), "reasoning": ("{{", "}}"), "wait": ("([", "])"),
            "parallel": ("[[", "]]"), "sequence": ("[[", "]]"), "loop": ("[[", "]]"),
            "dag": ("[[", "]]"),
        ]
        for (type, outline) in outlines {
            let drawn = Diagram(definition: Definition(nodes: ["x:\(type)"])).mermaid
            #expect(drawn.contains("    x\(outline.0)\"x"), "\(type)")
            #expect(drawn.contains("\"\(outline.1)\n"), "\(type)")
        }
    }

    @Test
    func `an order without edges is drawn, and one with edges is left as it is`() {
        let drawn = Diagram(
            definition: Definition(
                nodes: [
                    "s:sequence", "s/a", "s/b", "s/c", "l:loop", "l/d", "l/e", "l/f", "p:parallel",
                    "p/g", "p/h",
                ],
                edges: ["s>l", "d>f", "f>e"]
            )
        ).mermaid
        let arrows = drawn.split(separator: "\n").filter { $0.contains("-->") }
        #expect(
            arrows.map { $0.drop { $0 == " " } } == [
                "s --> l", "d --> f", "f --> e", "a --> b", "b --> c",
            ]
        )
    }

    @Test
    func `dependencies, choices and rescues are drawn`() {
        let definition = Definition(unchecked: [
            "id": "more", "on_error": "alarm",
            "nodes": [
                ["id": "d", "type": "dag"], ["id": "a", "type": "work", "parent": "d"],
                ["id": "b", "type": "work", "parent": "d", "depends_on": ["a"]],
                [
                    "id": "r", "type": "branch",
                    "config": ["value": "team", "branches": ["x": "c", "y": "c"], "default": "e"],
                ],
                ["id": "c", "type": "work", "parent": "r"],
                [
                    "id": "e", "type": "work", "parent": "r",
                    "on_error": ["strategy": "fallback", "node": "help"],
                ],
                ["id": "help", "type": "work"], ["id": "alarm", "type": "work"],
            ],
            "edges": [["source": "d", "target": "r"]],
        ])
        let diagram = Diagram(definition: definition)
        #expect(
            diagram.mermaid.split(separator: "\n").filter { $0.contains("->") }
                .map { $0.drop { $0 == " " } } == [
                    "d --> r", "a --> b", "r_choice -->|\"x, y\"| c",
                    "r_choice -->|\"otherwise\"| e", "e -.->|\"fallback\"| help",
                ]
        )
        #expect(diagram.text.contains("alarm (work: after a failure)"))
        #expect(diagram.svg.contains("stroke-dasharray"))
        #expect(diagram.svg.contains(">fallback from e</text>"))
    }
}
