extension StepsForm {
    private static let known: Set<String> = [
        "id", "type", "action", "params", "depends_on", "condition", "retry", "timeout",
        "on_error", "config",
    ]

    /// The type of a node for a step that cannot be read: the other steps are checked beside it.
    static let standIn: JSON = "log"

    /// The node of a step; lists inside it get the ids of their nodes.
    mutating func node(for index: Int, parent: String?, in list: Int, at place: String) -> JSON {
        let step = tree.steps[index]
        for key in step.members.keys.sorted() where !Self.known.contains(key) {
            problems.append(
                unknown(key, of: "a step", at: "\(step.place).", known: Self.known)
            )
        }
        var node: [String: JSON] = ["id": .string(step.id)]
        let type = given(step, "type") ?? "action"
        if type != "action" {
            for key in ["action", "params"] where given(step, key) != nil {
                problems.append(
                    Problem(
                        at: "\(step.place).\(key)",
                        .doubtful,
                        "only a step of type action has \"\(key)\"; it is not used",
                        severity: .warning
                    )
                )
            }
        }
        let config: [String: JSON]
        switch type {
        case "action": config = action(step, at: place, node: &node)
        case "condition": config = branch(index, at: place, node: &node)
        case "parallel": config = parallel(index, node: &node)
        case "loop": config = loop(index, node: &node)
        case "wait", "reasoning":
            node["type"] = type
            config = object(given(step, "config"), at: "\(step.place).config")
        default:
            problems.append(
                Problem(
                    at: "\(step.place).type",
                    .malformed,
                    "unknown type of step \(type)",
                    hint: "use action, condition, reasoning, parallel, loop or wait"
                )
            )
            node["type"] = Self.standIn
            config = [:]
        }
        if !config.isEmpty { node["config"] = .object(config) }
        if let parent { node["parent"] = .string(parent) }
        if let condition = given(step, "condition") {
            node["when"] = condition
            places.add("\(place).when", from: "\(step.place).condition")
        }
        node["timeout"] = given(step, "timeout")
        node["retry"] = given(step, "retry").map(Self.retry)
        if let onError = given(step, "on_error") {
            node["on_error"] = strategy(onError, of: step, in: list, at: place)
        }
        if let names = dependencies(index, in: list) {
            // In a chain the edges say it.
            if parent != nil, !names.isEmpty { node["depends_on"] = .array(names) }
        }
        return .object(node)
    }

    private func given(_ step: StepTree.Step, _ key: String) -> JSON? {
        guard let value = step.members[key], !value.isNull else { return nil }
        return value
    }

    private mutating func object(_ json: JSON?, at place: String) -> [String: JSON] {
        guard let json else { return [:] }
        guard let members = json.objectValue else {
            let name = place.split(separator: ".").last ?? ""
            problems.append(Problem(at: place, .malformed, "\"\(name)\" is not an object"))
            return [:]
        }
        return members
    }

    /// A policy with opcode's defaults where they differ: the delay is zero, and does not grow.
    private static func retry(_ json: JSON) -> JSON {
        guard var policy = json.objectValue else { return json }
        if policy["backoff"] ?? .null == .null { policy["backoff"] = "constant" }
        if policy["delay"] ?? .null == .null { policy["delay"] = "0s" }
        return .object(policy)
    }

    /// What a step waits for: nodes, if it is one of the workflow's own.
    ///
    /// The steps of any other list run one after the other, which is all that they can ask for.
    private mutating func dependencies(_ index: Int, in list: Int) -> [JSON]? {
        let step = tree.steps[index]
        let place = "\(step.place).depends_on"
        guard let names = dependencies(of: index) else {
            problems.append(
                Problem(at: place, .malformed, "\"depends_on\" is not a list of the ids of steps")
            )
            return nil
        }
        var found: [JSON] = []
        for (number, name) in names.enumerated() {
            guard let other = tree.step(name, in: list) else {
                problems.append(
                    Problem(
                        at: "\(place)[\(number)]",
                        .notFound,
                        "step \"\(step.name)\" depends on \"\(name)\", which is not beside it",
                        hint: "name a step of the same list"
                    )
                )
                continue
            }
            if list == 0 {
                found.append(.string(tree.steps[other].id))
            } else if other >= index {
                problems.append(
                    Problem(
                        at: "\(place)[\(number)]",
                        .cycle,
                        "step \"\(step.name)\" depends on \"\(name)\", which runs after it",
                        hint: "the steps inside a step run in the order of the text: move it"
                    )
                )
            }
        }
        return list == 0 ? found : []
    }

    private mutating func strategy(
        _ json: JSON,
        of step: StepTree.Step,
        in list: Int,
        at place: String
    ) -> JSON? {
        places.add("\(place).on_error", from: "\(step.place).on_error")
        switch json["strategy"] {
        case "ignore": return "ignore"
        case "fail_workflow": return "fail"
        case "retry": return ["strategy": "retry"]
        case "fallback_step":
            places.add("\(place).on_error.node", from: "\(step.place).on_error.fallback_step")
            if let name = json["fallback_step"]?.stringValue, let other = tree.step(name, in: list)
            {
                return ["strategy": "fallback", "node": .string(tree.steps[other].id)]
            }
            let name = json["fallback_step"]?.stringValue
            problems.append(
                Problem(
                    at: "\(step.place).on_error.fallback_step",
                    name == nil ? .malformed : .notFound,
                    name.map { "the fallback \"\($0)\" of step \"\(step.name)\" is not beside it" }
                        ?? "the strategy fallback_step names no step",
                    hint: "name a step of the same list"
                )
            )
            return nil
        default:
            problems.append(
                Problem(
                    at: "\(step.place).on_error.strategy",
                    .malformed,
                    "unknown strategy \(json["strategy"] ?? .null)",
                    hint: "use ignore, fail_workflow, fallback_step or retry"
                )
            )
            return nil
        }
    }
}

// MARK: - Steps that contain steps

extension StepsForm {
    private mutating func branch(
        _ index: Int,
        at place: String,
        node: inout [String: JSON]
    ) -> [String: JSON] {
        let step = tree.steps[index]
        node["type"] = "branch"
        places.add("\(place).config.value", from: "\(step.place).config.expression")
        var config = members(index, ["expression", "branches", "default"])
        config["value"] = config.removeValue(forKey: "expression")
        if config["value"] == nil {
            problems.append(
                Problem(
                    at: "\(step.place).config.expression",
                    .malformed,
                    "a step of type condition has no expression"
                )
            )
        }
        var branches: [String: JSON] = [:]
        config["default"] = nil
        for list in tree.inner[index] {
            switch tree.lists[list].role {
            case .branch(let value): branches[value] = sequence(list, "\(step.id)-\(value)")
            case .otherwise: config["default"] = sequence(list, "\(step.id)-default")
            default: break
            }
        }
        if branches.isEmpty, step.members["config"]?["branches"]?.objectValue == nil {
            problems.append(
                Problem(
                    at: "\(step.place).config.branches",
                    .malformed,
                    "a step of type condition has no branches",
                    hint: #"add "branches": {"true": [ … ]}"#
                )
            )
        }
        config["branches"] = .object(branches)
        return config
    }

    private mutating func parallel(
        _ index: Int,
        node: inout [String: JSON]
    ) -> [String: JSON] {
        let step = tree.steps[index]
        node["type"] = "parallel"
        var config = members(index, ["branches", "mode"])
        if step.members["config"]?["branches"]?.arrayValue == nil {
            problems.append(
                Problem(
                    at: "\(step.place).config.branches",
                    .malformed,
                    "a step of type parallel has no branches",
                    hint: #"add "branches": [[ … ], [ … ]]"#
                )
            )
        }
        config["branches"] = nil
        let mode = config.removeValue(forKey: "mode") ?? "all"
        if mode == "all" || mode == "race" {
            config["join"] = mode
        } else {
            problems.append(
                Problem(
                    at: "\(step.place).config.mode",
                    .malformed,
                    "unknown mode \(mode)",
                    hint: "use all or race"
                )
            )
        }
        for list in tree.inner[index] {
            guard case .lane(let number) = tree.lists[list].role else { continue }
            _ = sequence(list, "\(step.id)-\(number + 1)")
        }
        return config
    }

    private mutating func loop(_ index: Int, node: inout [String: JSON]) -> [String: JSON] {
        node["type"] = "loop"
        var config = members(index, ["over", "condition", "mode", "body", "max_iter"])
        config["body"] = nil
        return config
    }

    /// The config of a step, of which only some members are known; `null` is left out.
    private mutating func members(_ index: Int, _ known: [String]) -> [String: JSON] {
        let step = tree.steps[index]
        let place = "\(step.place).config"
        let config = object(given(step, "config"), at: place)
        for key in config.keys.sorted() where !known.contains(key) {
            let type = step.members["type"]?.stringValue ?? ""
            problems.append(
                unknown(key, of: "the config of a \(type) step", at: "\(place).", known: known)
            )
        }
        return config.filter { known.contains($0.key) && !$0.value.isNull }
    }

    /// The id of the node that stands for a list of steps.
    private mutating func sequence(_ list: Int, _ wish: String) -> JSON {
        let id = tree.freshID(wish)
        sequences[list] = id
        return .string(id)
    }
}
