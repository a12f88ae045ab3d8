// Reads what nodes' configs say to the planner.
extension DefinitionReader {
    mutating func rule(_ kind: Node.Kind, _ config: JSON, at place: String) -> Node.Rule {
        switch kind {
        case .end: .end(output: given(config["output"]).map(Template.init(json:)))
        case .log: .log(log(config, at: place))
        case .function: function(config, at: place)
        case .condition: .condition(condition(config["condition"], at: "\(place).condition"))
        case .switch: .value(config["path"]?.stringValue.map { Path($0) })
        case .parallel: .parallel(parallel(config, at: place))
        case .loop: loop(config, at: place).map(Node.Rule.loop) ?? .none
        case .branch: branch(config, at: place).map(Node.Rule.branch) ?? .none
        case .wait: wait(config, at: place).map(Node.Rule.wait) ?? .none
        case .human, .reasoning: .question(question(kind, config, at: place))
        case .workflow: child(config, at: place).map(Node.Rule.workflow) ?? .none
        case .start, .sequence, .dag, .deadline, .retry, .cancellation, .handler: .none
        }
    }

    private mutating func log(_ config: JSON, at place: String) -> Node.Log {
        let paths = given(config["paths"])?.arrayValue ?? []
        return Node.Log(
            message: config["message"] ?? "",
            paths: paths.compactMap(\.stringValue).filter { !$0.isEmpty }.map { Path($0) }
        )
    }

    private mutating func function(_ config: JSON, at place: String) -> Node.Rule {
        switch config["action"]?.stringValue ?? "" {
        case "set_context": return .set(given(config["values"]) ?? [:])
        case "json_transform":
            return .transform(Template(json: given(config["template"]) ?? [:]))
        case "delay":
            let text = given(config["duration"]) ?? "0s"
            let delay = duration(text, at: "\(place).duration") ?? .zero
            return .delay(delay, text: text.stringValue ?? "")
        case let action: return .unknownFunction(action)
        }
    }

    /// A condition that is always wanted; without one nothing holds.
    private mutating func condition(_ json: JSON?, at place: String) -> Condition {
        guard let json = given(json), json != [:] else { return .any([]) }
        return Condition(json: json, at: place, problems: &problems) ?? .any([])
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
            // A text without a reference in it is a path.
            if let text = over.stringValue, !text.contains("{{") {
                mode = .forEach(.path(Path(text)))
            } else {
                mode = .forEach(.template(Template(json: over)))
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

    private mutating func branch(_ config: JSON, at place: String) -> Node.Branch? {
        let value: Node.Branch.Value
        switch given(config["value"]) {
        case .string(let text)?: value = .path(Path(text))
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
        var branches: [String: String] = [:]
        for (key, child) in given(config["branches"])?.objectValue ?? [:] {
            branches[key] = text(child, at: "\(place).branches.\(key)", "the id of a child")
        }
        return Node.Branch(
            value: value,
            branches: branches,
            otherwise: text(config["default"], at: "\(place).default", "the id of a child")
        )
    }

    private mutating func wait(_ config: JSON, at place: String) -> Node.Wait? {
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
            return duration(config["duration"], at: "\(place).duration").map(Node.Wait.duration)
        case "until": return .until(Template(json: config["until"] ?? .null))
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
                    timeout: duration(config["timeout"], at: "\(place).timeout"),
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
        return Node.Child(
            workflow: Template(json: workflow),
            input: Template(json: given(config["input"]) ?? [:]),
            key: given(config["key"]).map(Template.init(json:)),
            isAwaited: flag(config["wait"], at: "\(place).wait", otherwise: true)
        )
    }
}
