import PawlCore

/// Makes random definitions: valid, and otherwise as odd as may be.
struct RandomGraph {
    var random: SeededGenerator
    var nodes: [JSON] = []
    var edges: [JSON] = []
    /// The nodes that the run's own way leads through.
    var top: [String] = []
    /// The nodes that there may still be.
    var budget: Int
    /// What nodes can refer to, and the names that are taken.
    var names: [String] = ["start"]

    /// The graph of a seed: a dozen nodes or so, with cycles, dead ends, waits, containers in
    /// containers, and steps that stand in for others.
    static func definition(seed: UInt64) throws -> Definition {
        var random = SeededGenerator(seed: seed)
        let budget = Int.random(in: 1...14, using: &random)
        var graph = RandomGraph(random: random, budget: budget)
        return try Definition.trusted(graph.make())
    }

    private init(random: SeededGenerator, budget: Int) {
        self.random = random
        self.budget = budget
    }

    private mutating func make() -> JSON {
        nodes = [["id": "start", "type": "start"]]
        while budget > 0 { top.append(add(in: nil, depth: 0)) }
        for index in 0..<number(1...2) {
            let id = "end\(index)"
            top.append(id)
            nodes.append([
                "id": .string(id), "type": "end",
                "config": chance(2) ? ["output": ["ended": true]] : [:],
            ])
        }
        let working = top.filter { !$0.hasPrefix("end") }
        // Each can be reached from one before it.
        for (index, id) in top.enumerated() {
            lead(from: pick(["start"] + working.prefix(index)), to: id)
        }
        // Most have a way on when no condition holds, and seldom to the end.
        for id in ["start"] + working where !chance(8) {
            lead(from: id, to: pick(chance(6) ? top : working), always: true)
        }
        for _ in 0..<number(0...top.count) {
            lead(from: pick(["start"] + working), to: pick(chance(6) ? top : working))
        }
        var written: [String: JSON] = ["id": "random"]
        if chance(3) { written["on_complete"] = .string(addApart(in: nil, depth: 1)) }
        if chance(3) { written["on_error"] = .string(addApart(in: nil, depth: 1)) }
        written["on_timeout"] = .string(pick(["fail", "fail", "suspend", "cancel"]))
        written["nodes"] = .array(nodes)
        written["edges"] = .array(edges.shuffled(using: &random))
        return .object(written)
    }

    /// A node that no edge leads to, with the means to have one or two more in it.
    mutating func addApart(in parent: String?, depth: Int) -> String {
        let rest = budget
        budget = number(1...2)
        defer { budget = rest }
        return add(in: parent, depth: depth)
    }

    mutating func lead(from source: String, to target: String, always: Bool = false) {
        edges.append([
            "source": .string(source), "target": .string(target),
            "condition": always || chance(3) ? .null : condition(),
        ])
    }

    mutating func condition(depth: Int = 0) -> JSON {
        switch number(0...7) {
        case 0: return ["type": "otherwise"]
        case 1 where depth < 3:
            return ["type": "not", "conditions": [condition(depth: depth + 1)]]
        case 2 where depth < 3:
            return [
                "type": chance(2) ? "any" : "all",
                "conditions": [condition(depth: depth + 1), condition(depth: depth + 1)],
            ]
        default:
            let value = JSON.integer(Int64(number(0...2)))
            let op = pick(["eq", "neq", "gt", "gte", "lt", "lte", "in", "not_in", "exists"])
            return [
                "path": .string(path()), "op": .string(op),
                "value": op.hasSuffix("in") ? [value] : value,
            ]
        }
    }

    mutating func path() -> String {
        switch number(0...9) {
        case 0: return "start.output.input.value"
        case 1: return "context.flag"
        case 2: return "loop.index"
        case 3: return "loop.item"
        default:
            let name = pick(names)
            return "\(name).\(pick(["output", "output.value", "output.choice", "error.code"]))"
        }
    }

    mutating func pick(_ ids: [String]) -> String {
        ids[Int.random(in: 0..<ids.count, using: &random)]
    }

    mutating func number(_ range: ClosedRange<Int>) -> Int { Int.random(in: range, using: &random) }

    /// True once in `times`.
    mutating func chance(_ times: Int) -> Bool { number(1...times) == 1 }
}
