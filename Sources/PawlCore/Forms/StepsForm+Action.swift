extension StepsForm {
    /// The config of the node of an action; `node` gets its type.
    ///
    /// What Pawl has a node type for becomes that; any other action is the name of a handler.
    mutating func action(
        _ step: StepTree.Step,
        at place: String,
        node: inout [String: JSON]
    ) -> [String: JSON] {
        places.add("\(place).type", from: "\(step.place).action")
        node["type"] = Self.standIn
        places.add("\(place).config", from: "\(step.place).params")
        guard let action = step.members["action"]?.stringValue, !action.isEmpty else {
            problems.append(
                Problem(
                    at: "\(step.place).action",
                    .malformed,
                    "step \"\(step.name)\" names no action",
                    hint: #"add "action": "name", or a "type" other than action"#
                )
            )
            return [:]
        }
        let params = step.members["params"] ?? .null
        guard var config = params.isNull ? [:] : params.objectValue else {
            problems.append(
                Problem(at: "\(step.place).params", .malformed, "\"params\" is not an object")
            )
            return [:]
        }
        if step.members["config"] ?? .null != .null {
            problems.append(
                Problem(
                    at: "\(step.place).config",
                    .doubtful,
                    "an action is told by \"params\" what to do; \"config\" is not used",
                    severity: .warning
                )
            )
        }
        switch action {
        case "http.request", "http.get", "http.post":
            node["type"] = "http"
            if action != "http.request" { config["method"] = action == "http.get" ? "GET" : "POST" }
            config = http(config, of: step)
        case "shell.exec":
            node["type"] = "command"
            config = command(config, of: step)
        case "workflow.run":
            node["type"] = "workflow"
            config = child(config, of: step)
        case "workflow.log":
            node["type"] = "log"
            // It records its message, and nothing else that it is not told.
            if config["paths"] ?? .null == .null { config["paths"] = [] }
        default:
            if !Node.Kind(rawValue: action).needsHandler {
                problems.append(
                    Problem(
                        at: "\(step.place).action",
                        .actionUnavailable,
                        "\"\(action)\" is the name of a node type of Pawl, not of an action",
                        hint: "give the handler another name"
                    )
                )
                return [:]
            }
            node["type"] = .string(action)
        }
        return config
    }

    /// The config of a command: a program and its arguments, never a line for a shell.
    private mutating func command(
        _ params: [String: JSON],
        of step: StepTree.Step
    ) -> [String: JSON] {
        var config = params
        let arguments = config.removeValue(forKey: "args") ?? []
        let isForShell = config.removeValue(forKey: "shell") == true
        // A program that fails is a fact like others there, and later steps look at it.
        if config["expect_exit"] == nil {
            config["expect_exit"] = .array((0...255).map { .integer($0) })
        }
        guard let command = config.removeValue(forKey: "command") else { return config }
        let place = "\(step.place).params"
        guard let list = arguments.arrayValue else {
            problems.append(Problem(at: "\(place).args", .malformed, "\"args\" is not a list"))
            config["argv"] = [command]
            return config
        }
        guard let line = command.stringValue else {
            config["argv"] = command  // Which is a list already, or told to be none.
            return config
        }
        if isForShell || (list.isEmpty && Self.isForShell(line)) {
            problems.append(
                Problem(
                    at: isForShell ? "\(place).shell" : "\(place).command",
                    .malformed,
                    "a command is a program with its arguments, not a line for a shell",
                    hint: """
                        write "command": "git", "args": ["log", "-1"]; or call a shell by name: \
                        "command": "sh", "args": ["-c", "…"]
                        """
                )
            )
            config["argv"] = [command]
            return config
        }
        config["argv"] = .array([command] + list)
        return config
    }

    /// Whether a text is more than the name of a program, whatever stands for its `${{…}}`.
    private static func isForShell(_ line: String) -> Bool {
        var rest = line[...]
        while let open = rest.firstRange(of: "${{") {
            if rest[..<open.lowerBound].contains(where: isForShell) { return true }
            rest = rest[open.upperBound...]
            guard let close = rest.firstRange(of: "}}") else { return true }
            rest = rest[close.upperBound...]
        }
        return rest.contains(where: isForShell)
    }

    private static func isForShell(_ character: Character) -> Bool {
        character.isWhitespace || "|&;<>()$`\\\"'*?[]{}#~".contains(character)
    }

    /// The config of a node that runs another workflow.
    private mutating func child(
        _ params: [String: JSON],
        of step: StepTree.Step
    ) -> [String: JSON] {
        var config: [String: JSON] = [:]
        for (key, value) in params.sorted(by: { $0.key < $1.key }) where !value.isNull {
            switch key {
            case "workflow", "template_name", "name": config["workflow"] = value
            case "params", "input", "inputs": config["input"] = value
            case "wait", "key": config[key] = value
            default:
                problems.append(
                    Problem(
                        at: "\(step.place).params.\(key)",
                        .doubtful,
                        "a workflow is started without \"\(key)\"; it is not used",
                        hint: key == "version" ? "a child runs the current version" : nil,
                        severity: .warning
                    )
                )
            }
        }
        return config
    }
}
