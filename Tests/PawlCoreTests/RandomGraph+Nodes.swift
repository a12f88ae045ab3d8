import PawlCore

// The nodes of random graphs.
extension RandomGraph {
    /// Adds a node with what is in it and what stands in for it; returns its id.
    mutating func add(in parent: String?, depth: Int) -> String {
        budget -= 1
        let id = "n\(names.count)"
        names.append(id)
        let type = type(depth: depth)
        var node: [String: JSON] = ["id": .string(id), "type": .string(type)]
        if let parent { node["parent"] = .string(parent) }
        if chance(7) { node["when"] = condition() }
        if chance(3) { node["timeout"] = "1h" }
        // Only then a place in the list: children come after their container.
        let place = nodes.count
        nodes.append(.null)
        node["config"] = .object(config(type, id, depth: depth))
        node["on_error"] = onError(in: parent, depth: depth)
        nodes[place] = .object(node)
        return id
    }

    private mutating func type(depth: Int) -> String {
        switch number(0...29) {
        case 0: return "log"
        case 1...2: return "function"
        case 3: return chance(2) ? "condition" : "switch"
        case 4...5: return chance(3) ? "reasoning" : "human"
        case 6...8: return "wait"
        case 9...10: return "workflow"
        case 11...22 where depth < 3 && budget > 0:
            return pick(["parallel", "parallel", "sequence", "dag", "loop", "loop", "branch"])
        default: return "work"
        }
    }

    private mutating func config(_ type: String, _ id: String, depth: Int) -> [String: JSON] {
        switch type {
        case "log": return chance(2) ? ["paths": [.string(path())]] : [:]
        case "function":
            return [
                ["action": "set_context", "values": ["value": 1]],
                ["action": "json_transform", "template": ["value": 2]],
                ["action": "delay", "duration": "1m"], ["action": "nonsense"],
            ][number(0...3)]
        case "condition": return ["condition": condition()]
        case "switch": return ["path": .string(path())]
        case "human", "reasoning": return question()
        case "wait": return wait()
        case "workflow": return ["workflow": "child", "wait": .bool(!chance(3))]
        case "parallel": return parallel(id, depth: depth)
        case "sequence": return body(id, depth: depth)
        case "dag": return graph(id, depth: depth)
        case "loop": return loop(id, depth: depth)
        case "branch": return branch(id, depth: depth)
        default: return [:]
        }
    }

    private mutating func question() -> [String: JSON] {
        var config: [String: JSON] = ["prompt": "?"]
        if chance(2) { config["timeout"] = "1h" }
        if chance(2) { config["fallback"] = "1" }
        if chance(3) { config["options"] = ["0", "1"] }
        return config
    }

    private mutating func wait() -> [String: JSON] {
        switch number(0...5) {
        case 0: return ["duration": chance(4) ? "0s" : "1h"]
        case 1: return ["until": chance(4) ? "soon" : "2030-01-01T00:00:00Z"]
        default:
            var config: [String: JSON] = ["signal": .string(pick(["go", "go", "go", "stop"]))]
            if chance(3) { config["filter"] = ["path": "value", "op": "gte", "value": 1] }
            if chance(3) { config["timeout"] = "1h" }
            if chance(2) { config["fallback"] = ["value": 0] }
            return config
        }
    }

    private mutating func children(_ id: String, _ range: ClosedRange<Int>, depth: Int) -> [String]
    {
        var children: [String] = []
        for _ in 0..<number(range) where budget > 0 {
            children.append(add(in: id, depth: depth + 1))
        }
        return children
    }

    private mutating func parallel(_ id: String, depth: Int) -> [String: JSON] {
        let children = children(id, 0...4, depth: depth)
        var config: [String: JSON] = [:]
        switch number(0...5) {
        case 0: config["join"] = "any"
        case 1: config["join"] = "race"
        case 2: config["join"] = .integer(Int64(number(1...max(children.count, 1))))
        default: break
        }
        if chance(4) { config["on_failure"] = "cancel" }
        if chance(3) { config["limit"] = .integer(Int64(number(1...2))) }
        return config
    }

    /// Children one after the other, or with edges between them.
    private mutating func body(_ id: String, depth: Int) -> [String: JSON] {
        let children = children(id, 0...3, depth: depth)
        guard children.count > 1, chance(2) else { return [:] }
        for index in children.indices.dropFirst() {
            lead(from: pick(Array(children[..<index])), to: children[index])
        }
        for _ in 0..<number(0...2) {
            lead(from: pick(children), to: pick(Array(children.dropFirst())), always: chance(2))
        }
        return [:]
    }

    private mutating func loop(_ id: String, depth: Int) -> [String: JSON] {
        var config = body(id, depth: depth)
        config["collect"] = .bool(!chance(4))
        config["max_iter"] = .integer(Int64(number(0...4)))
        switch number(0...5) {
        case 0:
            config["mode"] = "while"
            config["condition"] = condition()
        case 1:
            config["mode"] = "until"
            config["condition"] = condition()
        default:
            config["over"] = .string(
                chance(6) ? path() : chance(4) ? "\(pick(names)).output.items" : "inputs.items"
            )
            config["concurrency"] = .integer(Int64(number(1...3)))
            if chance(4) { config["on_failure"] = "cancel" }
        }
        return config
    }

    private mutating func graph(_ id: String, depth: Int) -> [String: JSON] {
        var children: [String] = []
        for _ in 0..<number(0...4) where budget > 0 {
            let child = add(in: id, depth: depth + 1)
            var needed: Set<String> = []
            for _ in 0..<number(0...2) where !children.isEmpty { needed.insert(pick(children)) }
            if !needed.isEmpty { depend(child, on: needed.sorted()) }
            children.append(child)
        }
        return [:]
    }

    private mutating func depend(_ child: String, on needed: [String]) {
        guard let place = nodes.firstIndex(where: { $0["id"]?.stringValue == child }),
            case .object(var members) = nodes[place]
        else { return }
        members["depends_on"] = .array(needed.map { .string($0) })
        nodes[place] = .object(members)
    }

    private mutating func branch(_ id: String, depth: Int) -> [String: JSON] {
        let children = children(id, 1...3, depth: depth)
        var branches: [String: JSON] = [:]
        for (index, child) in children.enumerated() { branches["\(index)"] = .string(child) }
        var config: [String: JSON] = [
            "value": chance(3) ? condition() : .string(path()), "branches": .object(branches),
        ]
        if chance(2), !children.isEmpty { config["default"] = .string(pick(children)) }
        return config
    }

    private mutating func onError(in parent: String?, depth: Int) -> JSON {
        switch number(0...9) {
        case 0: return "ignore"
        case 1...2 where depth < 5:
            // A node of the run's own way may stand in, too.
            let isOfTheWay = parent == nil && !top.isEmpty && chance(3)
            let standIn = isOfTheWay ? pick(top) : addApart(in: parent, depth: depth + 1)
            return [
                "strategy": chance(2) ? "fallback" : "compensate", "node": .string(standIn),
            ]
        default: return .null
        }
    }
}
