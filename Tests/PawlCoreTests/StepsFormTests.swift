import PawlCore
import Testing

/// Definitions in opcode's form.
struct StepsFormTests {
    private func canonical(_ text: String) throws -> CanonicalDefinition {
        Definition.canonical(try JSON(parsing: text.utf8))
    }

    /// The nodes as `parent/id:type`.
    private func shape(_ json: JSON) -> [String] {
        (json["nodes"]?.arrayValue ?? []).map { node in
            let parent = node["parent"]?.stringValue.map { $0 + "/" } ?? ""
            return "\(parent)\(node["id"]?.stringValue ?? "")"
                + ":\(node["type"]?.stringValue ?? "")"
        }
    }

    private func edges(_ json: JSON) -> [String] {
        (json["edges"]?.arrayValue ?? []).map {
            "\($0["source"]?.stringValue ?? "")>\($0["target"]?.stringValue ?? "")"
        }
    }

    private func node(_ id: String, of json: JSON) -> JSON {
        json["nodes"]?.arrayValue?.first { $0["id"] == .string(id) } ?? .null
    }

    @Test
    func `steps after one another become a chain`() throws {
        let canonical = try canonical(
            #"""
            {"id": "w", "steps": [
              {"id": "b", "action": "load", "depends_on": ["a"]},
              {"id": "a", "action": "read", "params": {"n": "${{inputs.n}}"}},
              {"id": "c", "action": "store", "depends_on": ["b"],
               "on_error": {"strategy": "fallback_step", "fallback_step": "f"}},
              {"id": "f", "action": "mail"}]}
            """#
        )
        #expect(canonical.form == .steps)
        #expect(canonical.problems.isEmpty)
        let json = canonical.json
        #expect(
            shape(json) == ["start:start", "b:load", "a:read", "c:store", "f:mail", "end:end"]
        )
        #expect(edges(json) == ["start>a", "a>b", "b>c", "c>end"])
        #expect(node("a", of: json)["config"] == ["n": "${{inputs.n}}"])
        #expect(node("c", of: json)["on_error"] == ["strategy": "fallback", "node": "f"])
        #expect(node("b", of: json)["depends_on"] == nil)
    }

    @Test(
        arguments: [
            // Side by side; a diamond; two chains; a join with one of two.
            (#"{"id": "a", "action": "x"}, {"id": "b", "action": "x"}"#, [nil, nil]),
            (
                #"""
                {"id": "a", "action": "x"}, {"id": "b", "action": "x", "depends_on": ["a"]},
                {"id": "c", "action": "x", "depends_on": ["a"]},
                {"id": "d", "action": "x", "depends_on": ["b", "c"]}
                """#, [nil, ["a"], ["a"], ["b", "c"]]
            ),
        ] as [(String, [JSON?])]
    )
    func `other steps become a dag`(steps: String, dependencies: [JSON?]) throws {
        let json = try canonical(#"{"id": "w", "steps": [\#(steps)]}"#).json
        #expect(edges(json) == ["start>dag", "dag>end"])
        let children = (json["nodes"]?.arrayValue ?? []).filter { $0["parent"] == "dag" }
        #expect(children.map { $0["depends_on"] } == dependencies)
    }

    @Test(
        arguments: [
            ("http.request", #"{"url": "u"}"#, "http", #"{"url": "u", \#(answers)}"#),
            ("http.get", #"{"url": "u"}"#, "http", #"{"url": "u", "method": "GET", \#(answers)}"#),
            (
                "http.post",
                #"{"url": "u", "body": "b", "body_encoding": "text", "tls_skip_verify": false}"#,
                "http", #"{"url": "u", "method": "POST", "body": "b", \#(answers)}"#
            ),
            (
                "http.request",
                #"""
                {"url": "u", "headers": {"A": "b"}, "auth": {"type": "bearer", "token": "${{secrets.t}}"},
                 "follow_redirects": false, "fail_on_error_status": true, "timeout": "5s"}
                """#, "http",
                #"""
                {"url": "u", "headers": {"A": "b", "Authorization": "Bearer ${{secrets.t}}"},
                 "timeout": "5s", "follow_redirects": 0, "expect": ["200-399"]}
                """#
            ),
            (
                "http.request",
                #"""
                {"url": "u", "auth": {"type": "api_key", "header_name": "X", "header_value": "v"},
                 "max_redirects": 30, "fail_on_error_status": true}
                """#, "http",
                #"{"url": "u", "headers": {"X": "v"}, "follow_redirects": 20, "expect": ["200-299"]}"#
            ),
            (
                "shell.exec", #"{"command": "git", "args": ["log", "-1"], "env": {}}"#, "command",
                #"{"argv": ["git", "log", "-1"], "env": {}, \#(exits)}"#
            ),
            ("shell.exec", #"{"command": "true"}"#, "command", #"{"argv": ["true"], \#(exits)}"#),
            (
                "shell.exec", #"{"command": "${{inputs.program}}", "expect_exit": [0]}"#, "command",
                #"{"argv": ["${{inputs.program}}"], "expect_exit": [0]}"#
            ),
            (
                "workflow.run", #"{"template_name": "sub", "params": {"a": 1}}"#, "workflow",
                #"{"workflow": "sub", "input": {"a": 1}}"#
            ),
            (
                "workflow.log", #"{"message": "${{inputs.n}}"}"#, "log",
                #"{"message": "${{inputs.n}}", "paths": []}"#
            ),
            (
                "workflow.log", #"{"message": "m", "paths": ["inputs"]}"#, "log",
                #"{"message": "m", "paths": ["inputs"]}"#
            ),
            ("github.create_issue", "{}", "github.create_issue", "null"),
            ("fs.read", #"{"path": "p"}"#, "fs.read", #"{"path": "p"}"#),
        ]
    )
    func `an action becomes a node`(
        action: String,
        params: String,
        type: String,
        config: String
    ) throws {
        let canonical = try canonical(
            #"{"id": "w", "steps": [{"id": "s", "action": "\#(action)", "params": \#(params)}]}"#
        )
        #expect(canonical.problems.isEmpty)
        let node = node("s", of: canonical.json)
        #expect(node["type"] == .string(type))
        #expect(try (node["config"] ?? .null) == JSON(parsing: config.utf8))
    }

    private static let answers = #""expect": ["200-299", "400-599"], "follow_redirects": 10"#
    private static let exits = #""expect_exit": \#(JSON.array((0...255).map { .integer($0) }))"#

    @Test
    func `steps inside steps become children`() throws {
        let canonical = try canonical(
            #"""
            {"id": "w", "steps": [
              {"id": "c", "type": "condition", "config": {"expression": "inputs.n > 1",
               "branches": {"true": [{"id": "t1", "action": "x"}, {"id": "t2", "action": "x"}],
                            "a.b": []},
               "default": [{"id": "d", "type": "loop", "config": {"over": "${{inputs.list}}",
                 "max_iter": 9, "body": [{"id": "l", "action": "x"}]}}]}},
              {"id": "p", "type": "parallel", "depends_on": ["c"], "config": {"mode": "race",
               "branches": [[{"id": "p1", "action": "x"}], [{"id": "p-1", "action": "x"}]]}},
              {"id": "w1", "type": "wait", "depends_on": ["p"], "config": {"duration": "5s"}},
              {"id": "r", "type": "reasoning", "depends_on": ["w1"],
               "config": {"prompt_context": "?", "options": [{"id": "a"}]}}]}
            """#
        )
        #expect(canonical.problems.isEmpty)
        let json = canonical.json
        #expect(
            shape(json) == [
                "start:start", "c:branch", "p:parallel", "w1:wait", "r:reasoning", "end:end",
                "c/c-a-b:sequence", "c/c-true:sequence", "c-true/t1:x", "c-true/t2:x",
                "c/c-default:sequence", "c-default/d:loop", "p/p-1-2:sequence", "p-1-2/p1:x",
                "p/p-2:sequence", "p-2/p-1:x", "d/l:x",
            ]
        )
        #expect(
            node("c", of: json)["config"] == [
                "value": "inputs.n > 1", "branches": ["true": "c-true", "a.b": "c-a-b"],
                "default": "c-default",
            ]
        )
        #expect(node("p", of: json)["config"] == ["join": "race"])
        #expect(
            node("d", of: json)["config"]
                == ["over": "${{inputs.list}}", "max_iter": 9]
        )
    }

    @Test
    func `what a step says of itself stays`() throws {
        let json = try canonical(
            #"""
            {"id": "w", "timeout": "1h", "on_timeout": "suspend", "metadata": {"a": 1},
             "inputs": {"n": {"type": "integer", "required": true}, "s": "string", "d": 5},
             "on_complete": {"id": "bye", "action": "x"}, "on_error": {"id": "oh", "action": "x"},
             "steps": [
              {"id": "s", "action": "x", "condition": "inputs.n > 1", "timeout": "5s",
               "retry": {"max": 2}, "on_error": {"strategy": "ignore"}},
              {"id": "t", "action": "x", "depends_on": ["s"],
               "retry": {"max": 1, "backoff": "linear", "delay": "1s"},
               "on_error": {"strategy": "fail_workflow"}}]}
            """#
        ).json
        #expect(json["timeout"] == "1h")
        #expect(json["on_timeout"] == "suspend")
        #expect(json["metadata"] == ["a": 1])
        #expect(
            json["input_schema"] == [
                "type": "object", "required": ["n"],
                "properties": [
                    "n": ["type": "integer"], "s": ["type": "string"], "d": ["default": 5],
                ],
            ]
        )
        #expect(json["on_complete"] == "bye")
        #expect(json["on_error"] == "oh")
        #expect(edges(json) == ["start>s", "s>t", "t>end"])
        #expect(
            node("s", of: json) == [
                "id": "s", "type": "x", "when": "inputs.n > 1", "timeout": "5s",
                "retry": ["max": 2, "backoff": "constant", "delay": "0s"], "on_error": "ignore",
            ]
        )
        #expect(node("t", of: json)["retry"] == ["max": 1, "backoff": "linear", "delay": "1s"])
        #expect(node("t", of: json)["on_error"] == "fail")
    }

    @Test
    func `a template is a definition with a name and schemas`() throws {
        let canonical = try canonical(
            #"""
            {"name": "gate", "description": "d", "category": "ops", "input_schema": {"type": "object"},
             "definition": {"metadata": {"a": 1}, "steps": [{"id": "s", "action": ""}]}}
            """#
        )
        let json = canonical.json
        #expect(json["id"] == "gate")
        #expect(json["name"] == nil)
        #expect(json["description"] == "d")
        #expect(json["input_schema"] == ["type": "object"])
        #expect(json["metadata"] == ["a": 1, "category": "ops"])
        #expect(canonical.problems.map(\.place) == ["definition.steps[0].action"])
        let nameless = Definition.canonical(["steps": [["id": "s", "action": "x"]]], name: "file")
        #expect(nameless.json["id"] == "file")
        #expect(nameless.problems.isEmpty)
    }

    @Test
    func `ids that are taken get the name of what they are in, and a warning`() throws {
        let canonical = try canonical(
            #"""
            {"id": "w", "steps": [
              {"id": "start", "action": "x"},
              {"id": "p", "type": "parallel", "config": {"branches": [
                [{"id": "start", "action": "x"}], [{"id": "s", "action": "x"}],
                [{"id": "s", "action": "x"}], [{"id": "a.b", "action": "x"}]]}}]}
            """#
        )
        #expect(
            shape(canonical.json) == [
                "start-2:start", "dag:dag", "dag/start:x", "dag/p:parallel", "end:end",
                "p/p-1:sequence", "p-1/p-start:x", "p/p-2:sequence", "p-2/s:x",
                "p/p-3:sequence", "p-3/p-s:x", "p/p-4:sequence", "p-4/a-b:x",
            ]
        )
        #expect(canonical.problems.map(\.severity) == [.warning, .warning, .warning])
        #expect(
            canonical.problems.map(\.place) == [
                "steps[1].config.branches[0][0].id", "steps[1].config.branches[2][0].id",
                "steps[1].config.branches[3][0].id",
            ]
        )
    }

    @Test(
        arguments: [
            (#"{"id": "s", "action": "x", "depends_on": ["t"]}"#, "steps[0].depends_on[0]"),
            (#"{"id": "s", "action": "x", "depends_on": "t"}"#, "steps[0].depends_on"),
            (#"{"id": "s", "action": "x", "depend_on": []}"#, "steps[0].depend_on"),
            (#"{"action": "x"}"#, "steps[0].id"),
            ("5", "steps[0]"),
            (#"{"id": "s"}"#, "steps[0].action"),
            (#"{"id": "s", "action": "parallel"}"#, "steps[0].action"),
            (#"{"id": "s", "action": "x", "params": 5}"#, "steps[0].params"),
            (#"{"id": "s", "type": "magic"}"#, "steps[0].type"),
            (
                #"{"id": "s", "action": "x", "on_error": {"strategy": "pray"}}"#,
                "steps[0].on_error.strategy"
            ),
            (
                #"{"id": "s", "action": "x", "on_error": {"strategy": "fallback_step"}}"#,
                "steps[0].on_error.fallback_step"
            ),
            (#"{"id": "s", "type": "condition"}"#, "steps[0].config.expression"),
            (
                #"{"id": "s", "type": "parallel", "config": {"branches": {}}}"#,
                "steps[0].config.branches"
            ),
            (
                #"{"id": "s", "type": "parallel", "config": {"branches": [5], "mode": "all"}}"#,
                "steps[0].config.branches[0]"
            ),
            (
                #"{"id": "s", "type": "parallel", "config": {"branches": [], "mode": "odd"}}"#,
                "steps[0].config.mode"
            ),
            (#"{"id": "s", "type": "loop", "config": {}}"#, "steps[0].config.body"),
            (
                #"""
                {"id": "s", "type": "loop", "config": {"body": [
                  {"id": "a", "action": "x", "depends_on": ["b"]}, {"id": "b", "action": "x"}]}}
                """#, "steps[0].config.body[0].depends_on[0]"
            ),
            (#"{"id": "s", "action": "shell.exec", "params": {"command": "ls -l"}}"#, command),
            (#"{"id": "s", "action": "shell.exec", "params": {"command": "a|b"}}"#, command),
            (
                #"{"id": "s", "action": "shell.exec", "params": {"command": "rm ${{inputs.x}}"}}"#,
                command
            ),
            (
                #"{"id": "s", "action": "shell.exec", "params": {"command": "${{a}}${{b} c"}}"#,
                command
            ),
        ]
    )
    func `a step is malformed`(step: String, place: String) throws {
        let problems = try canonical(#"{"id": "w", "steps": [\#(step)]}"#).problems
        #expect(problems.first?.place == place)
        #expect(problems.first?.severity == .error)
    }

    private static let command = "steps[0].params.command"

    @Test(
        arguments: [
            (#""shell.exec", "params": {"command": "ls", "args": ["-l"], "shell": true}"#, "shell"),
            (#""http.get", "params": {"url": "u", "tls_skip_verify": true}"#, "tls_skip_verify"),
            (#""http.post", "params": {"url": "u", "body_encoding": "form"}"#, "body_encoding"),
            (#""http.get", "params": {"url": "u", "auth": {"type": "basic"}}"#, "auth"),
            (#""http.get", "params": {"url": "u", "auth": 5}"#, "auth"),
            (#""http.get", "params": {"url": "u", "follow_redirects": 5}"#, "follow_redirects"),
            (#""http.get", "params": {"url": "u", "max_redirects": "x"}"#, "max_redirects"),
        ]
    )
    func `what an action cannot do here is told`(action: String, member: String) throws {
        let text = #"{"id": "w", "steps": [{"id": "s", "action": \#(action)}]}"#
        let problems = try canonical(text).problems
        #expect(problems.map(\.place) == ["steps[0].params.\(member)"])
        #expect(problems.first?.severity == .error)
        #expect(problems.first?.hint != nil)
    }

    @Test
    func `steps of any number and depth are told from too many and too deep`() {
        var deep: JSON = [["id": "x", "action": "x"]]
        for level in 0..<10_000 {
            deep = [["id": .string("l\(level)"), "type": "loop", "config": ["body": deep]]]
        }
        let tooDeep = Definition.canonical(["id": "w", "steps": deep])
        #expect(tooDeep.problems.map(\.code) == [.tooLarge])
        let many = (0..<200_000).map { JSON.object(["id": .string("n\($0)"), "action": "x"]) }
        let tooMany = Definition.canonical(["id": "w", "steps": .array(many)])
        #expect(tooMany.problems.map(\.code) == [.tooLarge])
    }
}
