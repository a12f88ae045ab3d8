/// Definitions that have the published form, and some that do not.
enum PublishedForm {
    static let samples = [
        #"""
        {"id": "refund", "name": "Refund", "description": "Pays back.", "version": 3,
         "trigger": {"type": "schedule", "spec": "0 9 * * *"}, "metadata": {"team": "shop"},
         "queue": "slow", "priority": 0, "timeout": "1h30m", "on_timeout": "suspend",
         "on_error": "tell", "on_complete": "tell", "limits": {"steps": 1000, "visits": 10},
         "input_schema": {"type": "object"}, "output_schema": true,
         "nodes": [
           {"id": "start", "type": "start"},
           {"id": "look", "type": "refund.look", "retry": {"max": 3, "backoff": "linear",
            "delay": "1.5s", "max_delay": "1m"}, "timeout": "30s", "metadata": {"x": 1},
            "config": {"anything": [1]}, "breaker": {"name": "shop", "failures": 3, "cooldown": "1m"}},
           {"id": "tell", "type": "notification", "on_error": "ignore",
            "config": {"channel": "log", "message": "{{look.error.message}}"}},
           {"id": "end", "type": "end"}],
         "edges": [
           {"source": "start", "target": "look", "metadata": {}},
           {"source": "look", "target": "end",
            "condition": {"type": "field", "path": "look.output.ok", "op": "eq", "value": true}},
           {"source": "look", "target": "end", "condition": "look.output.amount < 50"},
           {"source": "look", "target": "end", "condition": {"path": "x", "op": "exists"}},
           {"source": "look", "target": "end", "condition": {"type": "all", "conditions": [
             {"type": "any", "conditions": []},
             {"type": "not", "conditions": [{"path": "a", "op": "in", "value": [1]}]}]}},
           {"source": "look", "target": "end", "condition": {"type": "otherwise"}}]}
        """#,
        #"""
        {"id": "decisions",
         "nodes": [
           {"id": "start", "type": "start"},
           {"id": "log", "type": "log", "config": {"message": "hello", "paths": ["start.output"]}},
           {"id": "quiet", "type": "log"},
           {"id": "big", "type": "condition", "config": {"condition": "start.output.input.n > 5"}},
           {"id": "kind", "type": "switch", "config": {"path": "start.output.input.kind"}},
           {"id": "ask", "type": "human", "config": {"prompt": "Ship it?", "assignee": "ada",
            "options": ["yes", {"id": "no", "description": "wait"}], "timeout": "2d",
            "fallback": "no", "form": {"fields": []}}},
           {"id": "think", "type": "reasoning", "config": {"prompt_context": "Which one?",
            "data_inject": {"n": "start.output.input.n"}, "target_agent": "sorter",
            "options": [{"id": "a", "description": "the first"}], "timeout": "{{start.output.t}}",
            "fallback": "a"}},
           {"id": "end", "type": "end"}],
         "edges": [{"source": "start", "target": "end"}]}
        """#,
        #"""
        {"id": "functions",
         "nodes": [
           {"id": "start", "type": "start"},
           {"id": "set", "type": "function",
            "config": {"action": "set_context", "values": {"n": "{{start.output.input.n}}"}}},
           {"id": "turn", "type": "function",
            "config": {"action": "json_transform", "template": ["{{set.output.n}}"]}},
           {"id": "rest", "type": "function", "config": {"action": "delay", "duration": "250ms"}},
           {"id": "own", "type": "function", "config": {"action": "custom", "function": "tax"},
            "on_error": {"strategy": "fallback", "node": "rest"}},
           {"id": "new", "type": "function", "config": {"action": "from_the_future"},
            "on_error": {"strategy": "retry"}, "when": "set.output.n > 1"},
           {"id": "end", "type": "end"}],
         "edges": []}
        """#,
        #"""
        {"id": "containers",
         "nodes": [
           {"id": "start", "type": "start"},
           {"id": "all", "type": "parallel"},
           {"id": "some", "type": "parallel",
            "config": {"join": 2, "on_failure": "cancel", "limit": 3}},
           {"id": "fast", "type": "parallel", "config": {"join": "race"}},
           {"id": "row", "type": "sequence", "parent": "all"},
           {"id": "each", "type": "loop", "config": {"over": "start.output.input.items",
            "max_iter": 100, "concurrency": 4, "on_failure": "wait", "collect": true}},
           {"id": "list", "type": "loop", "config": {"mode": "for_each", "over": [1, 2, 3]}},
           {"id": "until", "type": "loop",
            "config": {"mode": "until", "condition": "poll.output.done", "max_iter": 50}},
           {"id": "graph", "type": "dag", "config": {}},
           {"id": "a", "type": "work", "parent": "graph"},
           {"id": "b", "type": "work", "parent": "graph", "depends_on": ["a"]},
           {"id": "pick", "type": "branch",
            "config": {"value": "kind.output", "branches": {"x": "left"}, "default": "right"}},
           {"id": "left", "type": "work", "parent": "pick"},
           {"id": "right", "type": "work", "parent": "pick"},
           {"id": "end", "type": "end"}],
         "edges": [{"source": "start", "target": "all"}, {"source": "all", "target": "end"}]}
        """#,
        #"""
        {"id": "waits",
         "nodes": [
           {"id": "start", "type": "start"},
           {"id": "month", "type": "wait", "config": {"duration": "30d"}},
           {"id": "date", "type": "wait", "config": {"until": "2030-01-01T00:00:00Z"}},
           {"id": "paid", "type": "wait", "config": {"signal": "paid",
            "filter": {"path": "amount", "op": "gt", "value": 0}, "timeout": "1h",
            "fallback": {"amount": 0}}},
           {"id": "sub", "type": "workflow", "config": {"workflow": "refund",
            "input": {"n": "{{paid.output.n}}"}, "wait": false, "key": "{{run.id}}"}},
           {"id": "undo", "type": "agent", "config": {"goal": "repair"}},
           {"id": "plan", "type": "orchestration",
            "on_error": {"strategy": "compensate", "node": "undo"}},
           {"id": "end", "type": "end"}],
         "edges": [{"source": "start", "target": "month"}]}
        """#,
        #"""
        {"id": "world",
         "nodes": [
           {"id": "start", "type": "start"},
           {"id": "get", "type": "http", "config": {"url": "https://a.example/{{start.output.id}}",
            "method": "POST", "headers": {"X-Try": 1}, "query": {"q": "a", "all": true},
            "body": {"n": 1}, "timeout": "5s", "expect": [204, "200-299"], "max_response": 1000,
            "follow_redirects": "{{start.output.n}}"}},
           {"id": "run", "type": "command", "config": {"argv": ["/bin/date", "-u"], "cwd": "/tmp",
            "env": {"TZ": "UTC"}, "stdin": {"a": 1}, "timeout": "1m", "max_output": 4096,
            "expect_exit": [0, 1], "parse": "lines"}},
           {"id": "hook", "type": "notification",
            "config": {"channel": "webhook", "url": "https://a.example", "payload": {"a": 1}}},
           {"id": "end", "type": "end"}],
         "edges": [{"source": "start", "target": "get"}]}
        """#,
        nulls,
    ]

    /// What may be left out, and is `null`.
    private static let nulls = #"""
        {"id": "nulls", "name": null, "description": null, "version": null, "trigger": null,
         "metadata": null, "edges": null, "queue": null, "priority": null, "input_schema": null,
         "output_schema": null, "timeout": null, "on_timeout": null, "on_error": null,
         "on_complete": null, "limits": {"steps": null, "visits": null},
         "nodes": [
           {"id": "a", "type": "work", "config": null, "metadata": null, "parent": null,
            "retry": {"max": 1, "backoff": null, "delay": null, "max_delay": null},
            "timeout": null, "when": null, "on_error": null, "depends_on": null, "breaker": null},
           {"id": "b", "type": "start", "parent": null, "retry": null,
            "on_error": {"strategy": "fail", "node": null}},
           {"id": "c", "type": "work", "on_error": "retry",
            "breaker": {"name": "b", "failures": null, "cooldown": null}, "when": {"type": null,
            "path": "a.output", "op": "matches", "value": "^x", "value_path": null}},
           {"id": "d", "type": "work", "when": {"path": "a.output", "op": "eq",
            "value_path": "c.output"}},
           {"id": "e", "type": "log", "config": {"message": null, "paths": null}},
           {"id": "f", "type": "switch", "config": {"path": null}},
           {"id": "g", "type": "switch"},
           {"id": "h", "type": "function", "config": {"action": "set_context"}},
           {"id": "i", "type": "function", "config": {"action": "set_context", "values": null}},
           {"id": "j", "type": "function", "config": {"action": "json_transform"}},
           {"id": "k", "type": "function", "config": {"action": "delay", "duration": null}},
           {"id": "l", "type": "parallel",
            "config": {"join": null, "on_failure": null, "limit": null}},
           {"id": "m", "type": "loop", "config": {"mode": null, "over": "a.output", "condition": null,
            "max_iter": 0, "concurrency": null, "on_failure": null, "collect": null}},
           {"id": "n", "type": "branch", "config": {"value": true, "branches": null, "default": "o"}},
           {"id": "o", "type": "work", "parent": "n"},
           {"id": "p", "type": "wait", "config": {"duration": "{{inputs.d}}", "until": null,
            "signal": null, "filter": null, "timeout": null, "fallback": null}},
           {"id": "q", "type": "human", "config": {"prompt": null, "options": null, "actions": null,
            "assignee": null, "timeout": null, "fallback": null, "data_inject": null}},
           {"id": "r", "type": "reasoning", "config": {"prompt_context": null, "data_inject": null,
            "options": null, "target_agent": null, "timeout": "{{inputs.d}}", "fallback": null}},
           {"id": "s", "type": "workflow",
            "config": {"workflow": "w", "input": null, "wait": null, "key": null}},
           {"id": "t", "type": "http", "config": {"url": "u", "method": null, "headers": null,
            "query": {"a": null}, "body": null, "timeout": null, "expect": null,
            "max_response": null, "follow_redirects": null}},
           {"id": "u", "type": "command", "config": {"argv": ["a"], "cwd": null, "env": null,
            "stdin": null, "timeout": null, "max_output": null, "expect_exit": null, "parse": null}},
           {"id": "v", "type": "notification", "config": {"channel": "log", "message": null}}]}
        """#

    /// Definitions, and the first thing that is said of them.
    static let broken =
        [
            ("[]", "is an array, not an object"),
            (#"{"nodes": [{"id": "a", "type": "b"}]}"#, #"has no member "id""#),
            (#"{"id": "w"}"#, #"has no member "nodes""#),
            (#"{"id": "", "nodes": []}"#, "id has 0 characters, fewer than 1"),
            (#"{"id": "w", "nodes": {}}"#, "nodes is an object, not an array"),
            (#"{"id": "w", "nodes": []}"#, "nodes has 0 items, fewer than 1"),
            (
                #"{"id": "w", "nodes": [{"id": "a", "type": "b"}], "priority": 10}"#,
                "priority is 10, more than the maximum 9"
            ),
            (
                #"{"id": "w", "nodes": [{"id": "a", "type": "b"}], "timeout": 60}"#,
                "timeout is 60, not a string or null"
            ),
            (
                #"{"id": "w", "nodes": [{"id": "a", "type": "b"}], "on_timeout": "pause"}"#,
                #"on_timeout is "pause", not one of "fail", "suspend", "cancel", null"#
            ),
            (
                #"{"id": "w", "nodes": [{"id": "a", "type": "b"}], "limits": {"step": 1}}"#,
                "limits.step is not allowed"
            ),
            (
                #"{"id": "w", "nodes": [{"id": "a", "type": "b"}], "trigger": {}}"#,
                #"trigger has no member "type""#
            ),
            (
                #"{"id": "w", "nodes": [{"id": "a", "type": "b"}], "edges": [{"source": "a"}]}"#,
                #"edges[0] has no member "target""#
            ),
            (
                #"{"id": "w", "nodes": [{"id": "a", "type": "b"}], "edges": [{"source": "a", "target": "b", "when": "x"}]}"#,
                "edges[0].when is not allowed"
            ),
            (
                #"{"id": "w", "nodes": [{"id": "a", "type": "b"}], "edges": [{"source": "a", "target": "b", "condition": {"path": "x", "op": "is"}}]}"#,
                #"edges[0].condition.op is "is", not one of "eq", "neq", "gt", "gte", "lt", "lte", "in", "not_in", "contains", "matches", …"#
            ),
            (
                #"{"id": "w", "nodes": [{"id": "a", "type": "b"}], "edges": [{"source": "a", "target": "b", "condition": {"type": "all", "conditions": [{"type": "not", "conditions": []}]}}]}"#,
                "edges[0].condition.conditions[0].conditions has 0 items, fewer than 1"
            ),
            (
                #"{"id": "w", "nodes": [{"id": "a", "type": "b"}], "edges": [{"source": "a", "target": "b", "condition": {"type": "some"}}]}"#,
                #"edges[0].condition.type is "some", not one of "field", "all", "any", "not", "otherwise", null"#
            ),
        ] as [(String, String)]

    /// Nodes, and the first thing that is said of them.
    static let brokenNodes =
        [
            (#"{"id": "a"}"#, #" has no member "type""#),
            (#"{"id": "a.b", "type": "x"}"#, #".id is "a.b", which does not match "^[^.@][^.]*$""#),
            (#"{"id": "a", "type": "@x"}"#, #".type is "@x", which does not match "^[^@]""#),
            (
                #"{"id": "a", "type": "x", "config": []}"#,
                ".config is an array, not an object or null"
            ),
            (
                #"{"id": "a", "type": "x", "timeout": "5 minutes"}"#,
                #".timeout is "5 minutes", which does not match "^([0-9]+(\\.[0-9]{1,9})?(d|h|m|s|ms|us|µs…""#
            ),
            (#"{"id": "a", "type": "x", "retry": {}}"#, #".retry has no member "max""#),
            (
                #"{"id": "a", "type": "x", "retry": {"max": 1001}}"#,
                ".retry.max is 1001, more than the maximum 1000"
            ),
            (
                #"{"id": "a", "type": "x", "retry": {"max": 1, "wait": "1s"}}"#,
                ".retry.wait is not allowed"
            ),
            (
                #"{"id": "a", "type": "x", "on_error": "pray"}"#,
                #".on_error is "pray", not one of "fail", "ignore", "retry""#
            ),
            (
                #"{"id": "a", "type": "x", "on_error": {"strategy": "fallback"}}"#,
                #".on_error has no member "node""#
            ),
            (
                #"{"id": "a", "type": "x", "depends_on": ["b", "b"]}"#,
                ".depends_on has the same item at [0] and [1]"
            ),
            (
                #"{"id": "a", "type": "x", "breaker": {"failures": 0, "name": "b"}}"#,
                ".breaker.failures is 0, less than the minimum 1"
            ),
            (
                #"{"id": "a", "type": "start", "parent": "b"}"#,
                #".parent is "b", not null"#
            ),
            (#"{"id": "a", "type": "x", "breaker": {}}"#, #".breaker has no member "name""#),
            (
                #"{"id": "a", "type": "x", "breaker": "b"}"#,
                #".breaker is "b", not an object or null"#
            ),
            (#"{"id": "a", "type": "http"}"#, #" has no member "config""#),
            (#"{"id": "a", "type": "loop", "config": null}"#, ".config is null, not an object"),
            (
                #"{"id": "a", "type": "x", "when": {"path": "b", "op": "matches"}}"#,
                #".when has no member "value""#
            ),
            (
                #"{"id": "a", "type": "x", "retry": {"max": 1, "backoff": 5}}"#,
                #".retry.backoff is 5, not one of "none", "constant", "linear", "exponential", null"#
            ),
            (
                #"{"id": "a", "type": "human", "config": {"fallback": {"choice": "a"}}}"#,
                ".config.fallback is an object, not a string or null"
            ),
            (
                #"{"id": "a", "type": "notification", "config": {"channel": "webhook"}}"#,
                #".config has no member "url""#
            ),
            (
                #"{"id": "a", "type": "function", "config": {"action": "set_context", "values": 1}}"#,
                ".config.values is 1, not an object or null"
            ),
            (
                #"{"id": "a", "type": "parallel", "config": {"join": 0}}"#,
                #".config.join fits none of the 2 alternatives: nodes[0].config.join is 0, not one of "all", "any", "race", null"#
            ),
            (#"{"id": "a", "type": "loop", "config": {}}"#, #".config has no member "over""#),
            (
                #"{"id": "a", "type": "loop", "config": {"mode": "while", "over": "x"}}"#,
                #".config has no member "condition""#
            ),
            (
                #"{"id": "a", "type": "branch", "config": {"value": "x", "branches": {"y": 1}}}"#,
                ".config.branches.y is 1, not a string or null"
            ),
            (
                #"{"id": "a", "type": "wait", "config": {"duration": "1s", "signal": "x"}}"#,
                ".config fits 2 of the 3 alternatives, not exactly one"
            ),
            (
                #"{"id": "a", "type": "wait", "config": {"until": "x", "filter": "y"}}"#,
                #".config has no member "signal""#
            ),
            (
                #"{"id": "a", "type": "human", "config": {"options": [{"name": "x"}]}}"#,
                #".config.options[0] has no member "id""#
            ),
            (
                #"{"id": "a", "type": "workflow", "config": {"input": {}}}"#,
                #".config has no member "workflow""#
            ),
            (
                #"{"id": "a", "type": "http", "config": {"url": "x", "body_type": "y"}}"#,
                ".config.body_type is not allowed"
            ),
            (
                #"{"id": "a", "type": "command", "config": {"argv": []}}"#,
                ".config.argv has 0 items, fewer than 1"
            ),
        ] as [(String, String)]
}
