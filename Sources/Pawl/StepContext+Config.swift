public import PawlCore
import PawlStore

extension StepContext {
    /// Returns what the step's node says in `config`, with its placeholders resolved.
    ///
    /// A node without one, and a job, has `{}`. Read it as `JSON` to see every member. It may hold
    /// secrets, which must not go into outputs, events or logs.
    ///
    /// - Throws: A `Failure` that is not tried again if a placeholder leads nowhere, or the config
    ///   is not a `Value`.
    public func config<Value: Decodable>(as type: Value.Type = Value.self) throws -> Value {
        let config = try flight.planner.config(
            of: flight.step,
            in: flight.known.projection,
            secrets: { flight.crew.secrets.value(of: $0) }
        )
        if let config = config as? Value { return config }
        do {
            return try config.decode(as: type)
        } catch let error as DecodingError {
            throw Failure(
                .validation,
                "could not read the config of node \"\(step.node)\" as \(type): \(error.place)",
                isRetryable: false
            )
        }
    }
}

extension StepContext {
    /// The value at a path, as templates name it: `node.output.name`, `inputs.name`, `loop.item`.
    public func value(at path: Path) -> JSON? {
        flight.planner.value(at: path, from: flight.step, in: flight.known.projection)
    }
}

extension DecodingError {
    /// What is wrong and where; never a value, which may be a secret.
    fileprivate var place: String {
        let (what, context) =
            switch self {
            case .typeMismatch(let type, let context): ("\(type) is expected", context)
            case .valueNotFound(let type, let context): ("\(type) is missing", context)
            case .keyNotFound(let key, let context): ("\"\(key.stringValue)\" is missing", context)
            case .dataCorrupted(let context): ("a value is not what it has to be", context)
            @unknown default: ("it does not fit", Context(codingPath: [], debugDescription: ""))
            }
        let path = context.codingPath.map(\.stringValue).joined(separator: ".")
        return path.isEmpty ? what : "\(what) at \(path)"
    }
}
