import PawlCore

/// Makes random definitions: valid, and otherwise as odd as may be.
struct RandomGraph {
    private var random: SeededGenerator
    private var nodes: [JSON] = []
    private var edges: [JSON] = []
    private var top: [String] = []

    /// The graph of a seed: up to a dozen nodes beside each other, with cycles, dead ends, waits,
    /// and containers in containers.
    static func definition(seed: UInt64) throws -> Definition {
        var graph = RandomGraph(random: SeededGenerator(seed: seed))
        return try Definition(json: graph.make())
    }

    private mutating func make() -> JSON {
        nodes = [["id": "start", "type": "start"]]
        for index in 0..<Int.random(in: 1...12, using: &random) {
            let id = "n\(index)"
            top.append(id)
            add(id, in: nil, depth: 0)
        }
        for index in 0..<Int.random(in: 1...2, using: &random) {
            let id = "end\(index)"
            top.append(id)
            nodes.append(["id": .string(id), "type": "end"])
        }
        let working = top.filter { !$0.hasPrefix("end") }
        // Each can be reached from one before it.
        for (index, id) in top.enumerated() {
            let sources = ["start"] + working.prefix(index)
            lead(from: pick(sources), to: id)
        }
        // Most have a way on when no condition holds, and seldom to the end.
        for id in ["start"] + working where !chance(8) {
            lead(from: id, to: pick(chance(6) ? top : working), always: true)
        }
        for _ in 0..<Int.random(in: 0...(top.count * 2), using: &random) {
            lead(from: pick(["start"] + working), to: pick(chance(6) ? top : working))
        }
        return [
            "id": "random", "nodes": .array(nodes), "edges": .array(edges.shuffled(using: &random)),
        ]
    }

    private mutating func add(_ id: String, in parent: String?, depth: Int) {
        var type = "work"
        var config: [String: JSON] = [:]
        switch Int.random(in: 0..<10, using: &random) {
        case 0..<2:
            type = "log"
            config["paths"] = [.string(path())]
        case 2..<4:
            type = "human"
            if chance(2) { config["timeout"] = "1h" }
            if chance(2) { config["fallback"] = "1" }
            if chance(3) { config["options"] = ["0", "1"] }
        case 4..<6 where depth < 3:
            type = "parallel"
        default: break
        }
        nodes.append([
            "id": .string(id), "type": .string(type), "config": .object(config),
            "parent": parent.map { .string($0) } ?? .null,
        ])
        guard type == "parallel" else { return }
        for index in 0..<Int.random(in: 0...3, using: &random) {
            add("\(id)_\(index)", in: id, depth: depth + 1)
        }
    }

    private mutating func lead(from source: String, to target: String, always: Bool = false) {
        edges.append([
            "source": .string(source), "target": .string(target),
            "condition": always || chance(3) ? .null : condition(depth: 0),
        ])
    }

    private mutating func condition(depth: Int) -> JSON {
        switch Int.random(in: 0..<8, using: &random) {
        case 0: return ["type": "otherwise"]
        case 1 where depth < 3:
            return ["type": "not", "conditions": [condition(depth: depth + 1)]]
        case 2 where depth < 3:
            return [
                "type": chance(2) ? "any" : "all",
                "conditions": [condition(depth: depth + 1), condition(depth: depth + 1)],
            ]
        default:
            let operators = Condition.Operator.allCases
            let op = operators[Int.random(in: 0..<operators.count, using: &random)]
            let value = Int64.random(in: 0...2, using: &random)
            return [
                "path": .string(path()), "op": .string(op.rawValue),
                "value": [.integer(value), .string("\(value)"), [.integer(value)]][
                    Int.random(in: 0..<3, using: &random)
                ],
            ]
        }
    }

    private mutating func path() -> String {
        let id = chance(4) ? "start" : "n\(Int.random(in: 0..<12, using: &random))"
        return ["\(id).output", "\(id).output.value", "\(id).output.choice"][
            Int.random(in: 0..<3, using: &random)
        ]
    }

    private mutating func pick(_ ids: [String]) -> String {
        ids[Int.random(in: 0..<ids.count, using: &random)]
    }

    /// True once in `times`.
    private mutating func chance(_ times: Int) -> Bool {
        Int.random(in: 0..<times, using: &random) == 0
    }
}
