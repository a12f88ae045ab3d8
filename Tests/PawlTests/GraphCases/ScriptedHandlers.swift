import Pawl
import Synchronization

/// The handlers of a case, which do what its script says, and count their calls.
final class ScriptedHandlers: Sendable {
    private let script: JSON
    private let calls = Mutex<[String: Int]>([:])

    init(_ script: JSON) {
        self.script = script
    }

    /// How often the handlers were called, by node.
    var counts: JSON {
        .object(calls.withLock { $0.mapValues { .integer(Int64($0)) } })
    }

    var all: [Handler] {
        let types = (script.objectValue ?? [:]).keys.filter { $0 != "$functions" }.sorted()
        let functions = script["$functions"]?.arrayValue?.compactMap(\.stringValue) ?? []
        return types.map(handler(of:)) + functions.map(function(named:))
    }

    private func handler(of type: String) -> Handler {
        Handler(type, retry: .never) { [self] (_: JSON, context: StepContext) in
            let node = context.step.node
            let call = calls.withLock { calls in
                calls[node, default: 0] += 1
                return calls[node, default: 0]
            }
            let scripts = script[type]?["by_node"]?[node] ?? script[type]?["default"] ?? [:]
            let results = scripts.arrayValue ?? [scripts]
            return try await play(results[min(call, results.count) - 1], context)
        }
    }

    private func play(_ result: JSON, _ context: StepContext) async throws -> JSON {
        for _ in 0..<(result["yields"]?.intValue ?? 0) { await Task.yield() }
        for payload in result["emit"]?.arrayValue ?? [] { try context.emit(payload) }
        if let text = result["raise"]?.stringValue { throw Raised(description: text) }
        let output = try output(of: result, context)
        switch result["status"]?.stringValue ?? "completed" {
        case "waiting": throw HandlerError.waiting(for: [:], output: output.isNull ? nil : output)
        case "failed":
            let message = result["error"]?.stringValue ?? "unknown error"
            if output.isNull { throw HandlerError.permanent(message) }
            throw HandlerError.failed(message, output: output)
        default: return output
        }
    }

    private func output(of result: JSON, _ context: StepContext) throws -> JSON {
        let config = try context.config(as: JSON.self)
        if let key = result["render"]?.stringValue {
            let value = config[key] ?? .null
            return ["text": .string(value.stringValue ?? "\(value)")]
        }
        if let key = result["resolve"]?.stringValue { return config[key] ?? .null }
        return result["output"] ?? .null
    }

    private func function(named name: String) -> Handler {
        Handler.function(name) { (context: StepContext) -> JSON in
            let config = try context.config(as: JSON.self)
            func number(_ path: JSON) -> Double {
                path.stringValue.flatMap { context.value(at: Path($0)) }?.doubleValue ?? 0
            }
            switch name {
            case "increment": return ["n": JSON(whole: number(config["read"] ?? "") + 1)]
            case "sum":
                let paths = config["paths"]?.arrayValue ?? []
                return ["total": JSON(whole: paths.map(number).reduce(0, +))]
            default: return JSON.null
            }
        }
    }
}

/// What a script throws.
private struct Raised: Error, CustomStringConvertible {
    let description: String
}

extension JSON {
    /// A number, an integer if it is whole.
    fileprivate init(whole number: Double) {
        self = Int64(exactly: number).map(JSON.integer) ?? .number(number)
    }
}
