// Reads what nodes' configs say to the planner.
extension DefinitionReader {
    /// `limit` is the node's own timeout, for what waits.
    mutating func rule(
        _ kind: Node.Kind,
        _ config: JSON,
        limit: Span?,
        at place: String
    ) -> Node.Rule {
        switch kind {
        case .end: .end(output: template(config["output"], at: "\(place).output"))
        case .log: .log(log(config, at: place))
        case .function: function(config, at: place)
        // What it cannot know it records as false, as in RoomKit's graphs.
        case .condition:
            .condition(condition(config["condition"], at: "\(place).condition", isLenient: true))
        case .switch: .value(given(config["path"])?.stringValue.map { Path($0) })
        case .parallel: .parallel(parallel(config, at: place))
        case .loop: loop(config, at: place).map(Node.Rule.loop) ?? .none
        case .branch: branch(config, at: place).map(Node.Rule.branch) ?? .none
        case .wait: wait(config, limit, at: place).map(Node.Rule.wait) ?? .none
        case .human, .reasoning:
            question(kind, config, limit, at: place).map(Node.Rule.question) ?? .none
        case .workflow: child(config, at: place).map(Node.Rule.workflow) ?? .none
        case .handler:
            // Most have nothing to resolve.
            template(config, at: place).flatMap { $0.isConstant ? nil : .handler(config: $0) }
                ?? .none
        case .start, .sequence, .dag, .deadline, .retry, .cancellation: .none
        }
    }

    private mutating func log(_ config: JSON, at place: String) -> Node.Log {
        let paths = given(config["paths"])?.arrayValue?.compactMap(\.stringValue)
        return Node.Log(
            message: template(config["message"] ?? "", at: "\(place).message"),
            paths: paths.map { $0.filter { !$0.isEmpty }.map { Path($0) } }
        )
    }

    private mutating func function(_ config: JSON, at place: String) -> Node.Rule {
        switch config["action"]?.stringValue ?? "" {
        case "set_context": return .set(given(config["values"]) ?? [:])
        case "json_transform":
            let text = given(config["template"]) ?? [:]
            return template(text, at: "\(place).template").map(Node.Rule.transform) ?? .none
        case "delay":
            let text = given(config["duration"]) ?? "0s"
            return span(text, at: "\(place).duration").map(Node.Rule.delay) ?? .none
        case let action: return .unknownFunction(action)
        }
    }

    mutating func template(_ json: JSON?, at place: String) -> Template? {
        given(json).flatMap { Template(json: $0, at: place, problems: &problems) }
    }

    /// A condition that is always wanted; without one nothing holds.
    private mutating func condition(
        _ json: JSON?,
        at place: String,
        isLenient: Bool = false
    ) -> Condition {
        guard let json = given(json), json != [:] else {
            problems.append(
                Problem(
                    at: place,
                    .malformed,
                    "there is no condition, so nothing holds",
                    hint: #"write {"type": "field", "path": "node.output.name", …}"#,
                    severity: .warning
                )
            )
            return .never
        }
        return Condition(json: json, at: place, problems: &problems, isLenient: isLenient)
            ?? .never
    }

    /// A path or a literal, as an expression spells it.
    private mutating func operand(_ text: String, at place: String) -> Operand? {
        do {
            return try Expression.operand(text)
        } catch {
            report(place, "\(error)")
            return nil
        }
    }

    private mutating func cancelsOnFailure(_ config: JSON, at place: String) -> Bool {
        switch text(config["on_failure"], at: "\(place).on_failure", "wait or cancel") {
        case nil, "wait": return false
        case "cancel": return true
        case let other?:
            report("\(place).on_failure", "unknown policy \"\(other)\"", hint: "use wait or cancel")
            return false
        }
    }

    private mutating func parallel(_ config: JSON, at place: String) -> Node.Parallel {
        var join = Node.Parallel.Join.all
        switch given(config["join"]) {
        case nil, "all": break
        case "any": join = .any
        case "race": join = .race
        case let other?:
            if let count = other.intValue, (1...10_000).contains(count) {
                join = .count(count)
            } else {
                report(
                    "\(place).join",
                    "unknown join \(other)",
                    hint: "use all, any, race or a number of children"
                )
            }
        }
        return Node.Parallel(
            join: join,
            cancelsOnFailure: cancelsOnFailure(config, at: place),
            limit: number(config["limit"], at: "\(place).limit", in: 1...100_000)
        )
    }

    private mutating func loop(_ config: JSON, at place: String) -> Node.Loop? {
        let mode: Node.Loop.Mode
        switch text(config["mode"], at: "\(place).mode", "the name of a mode") ?? "for_each" {
        case "for_each":
            guard let over = given(config["over"]) else {
                report(
                    "\(place).over",
                    "a loop for each names nothing to go through",
                    hint: #"add "over": "node.output.items""#
                )
                return nil
            }
            // A text without a placeholder in it is a path.
            if let text = over.stringValue, !text.contains("{{") {
                guard let operand = operand(text, at: "\(place).over") else { return nil }
                mode = .forEach(.operand(operand))
                if case .value(let value) = operand { checkList(value, at: "\(place).over") }
            } else {
                guard let template = template(over, at: "\(place).over") else { return nil }
                mode = .forEach(.template(template))
                if over.stringValue == nil { checkList(over, at: "\(place).over") }
            }
        case "while":
            mode = .while(condition(config["condition"], at: "\(place).condition"))
        case "until":
            mode = .until(condition(config["condition"], at: "\(place).condition"))
        case let other:
            report(
                "\(place).mode",
                "unknown mode \"\(other)\"",
                hint: "use for_each, while or until"
            )
            return nil
        }
        return Node.Loop(
            mode: mode,
            maximum: number(config["max_iter"], at: "\(place).max_iter", in: 0...1_000_000),
            concurrency: number(config["concurrency"], at: "\(place).concurrency", in: 1...100_000)
                ?? 1,
            cancelsOnFailure: cancelsOnFailure(config, at: place),
            collects: flag(config["collect"], at: "\(place).collect", otherwise: true)
        )
    }

    /// A loop goes through a list, and through nothing else.
    private mutating func checkList(_ value: JSON, at place: String) {
        guard value.arrayValue == nil else { return }
        report(
            place,
            "\(value.excerpt) is not a list to go through",
            hint: #"write a list, or a path to one: "node.output.items""#
        )
    }

    private mutating func branch(_ config: JSON, at place: String) -> Node.Branch? {
        let value: Node.Branch.Value
        switch given(config["value"]) {
        case .string(let text)?:
            do {
                value = try .operand(Expression.operand(text))
            } catch {
                // What is not a value is a condition, whose branches are "true" and "false".
                value = .condition(condition(.string(text), at: "\(place).value"))
            }
        case let condition?:
            value = .condition(self.condition(condition, at: "\(place).value"))
        case nil:
            report(
                "\(place).value",
                "a branch node names no value",
                hint: #"add "value": "node.output.kind""#
            )
            return nil
        }
        if given(config["branches"]) == nil, given(config["default"]) == nil {
            report(
                "\(place).branches",
                "a branch node names no children",
                hint: #"add "branches": {"value": "child"}"#
            )
            return nil
        }
        guard let named = (given(config["branches"]) ?? [:]).objectValue else {
            report(
                "\(place).branches",
                "\"branches\" is not an object",
                hint: #"write {"value": "child"}"#
            )
            return nil
        }
        var branches: [String: String] = [:]
        for (key, child) in named.sorted(by: { $0.key < $1.key }) where given(child) != nil {
            guard let id = text(child, at: "\(place).branches.\(key)", "the id of a child") else {
                return nil
            }
            branches[key] = id
        }
        let otherwise = text(config["default"], at: "\(place).default", "the id of a child")
        if otherwise == nil, given(config["default"]) != nil { return nil }
        return Node.Branch(value: value, branches: branches, otherwise: otherwise)
    }

    private mutating func wait(_ config: JSON, _ limit: Span?, at place: String) -> Node.Wait? {
        let ways = ["duration", "until", "signal"].filter { given(config[$0]) != nil }
        guard ways.count == 1 else {
            report(
                place,
                ways.isEmpty
                    ? "a wait node says not what it waits for"
                    : "a wait node waits for one thing, not for \(ways.joined(separator: " and "))",
                hint: #"give one of "duration", "until" and "signal""#
            )
            return nil
        }
        switch ways[0] {
        case "duration":
            return span(config["duration"], at: "\(place).duration").map(Node.Wait.duration)
        case "until":
            return template(config["until"], at: "\(place).until").map(Node.Wait.until)
        default:
            guard let name = text(config["signal"], at: "\(place).signal", "the name of a signal"),
                hasLength(name, 1...200)
            else {
                report("\(place).signal", "a signal is named by 1 to 200 characters")
                return nil
            }
            return .signal(
                Node.Signal(
                    name: name,
                    filter: given(config["filter"]).flatMap {
                        Condition(json: $0, at: "\(place).filter", problems: &problems)
                    },
                    timeout: span(config["timeout"], at: "\(place).timeout") ?? limit,
                    fallback: config["fallback"]
                )
            )
        }
    }

    private mutating func child(_ config: JSON, at place: String) -> Node.Child? {
        guard let workflow = given(config["workflow"]), workflow.stringValue != nil else {
            report(
                "\(place).workflow",
                "a workflow node names no workflow",
                hint: #"add "workflow": "name""#
            )
            return nil
        }
        guard let name = template(workflow, at: "\(place).workflow"),
            let input = template(given(config["input"]) ?? [:], at: "\(place).input")
        else { return nil }
        return Node.Child(
            workflow: name,
            input: input,
            key: template(config["key"], at: "\(place).key"),
            isAwaited: flag(config["wait"], at: "\(place).wait", otherwise: true)
        )
    }
}
