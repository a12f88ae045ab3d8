import FoundationEssentials
public import PawlCore

/// The work of a node kind, in Swift.
///
/// ```swift
/// struct Greeting: Codable, Sendable { let name: String }
///
/// let greet = Handler.job("greet") { (input: Greeting, context) in
///     "Hello, \(input.name)!"
/// }
/// ```
///
/// A handler is called at least once per step. Its result is recorded at most once, whatever
/// happens to workers; effects through ``StepContext/transaction(_:)`` happen exactly once.
/// What it throws is tried again by its `RetryPolicy`; see ``HandlerError`` for the exceptions.
public struct Handler: Sendable {
    /// The node kind, and for a job the workflow's name.
    public let kind: String
    /// How often a failed attempt is repeated, for nodes that do not say so themselves.
    public let retry: RetryPolicy
    /// How long an attempt may take, for nodes that do not say so themselves.
    public let timeout: Duration?

    let isJob: Bool
    /// How many runs of a job there may be.
    let limits: RunLimits
    let run: @Sendable (StepContext) async throws -> [UInt8]?

    /// Creates the handler of a node kind.
    ///
    /// `Input` is decoded from the run's input; an input that does not decode fails the step for
    /// good. `Output` is encoded as the step's output, which other steps read by
    /// ``StepContext/output(of:as:)`` and edges test as `node.output`.
    public init<Input: Decodable & Sendable, Output: Encodable & Sendable>(
        _ kind: String,
        retry: RetryPolicy = RetryPolicy(),
        timeout: Duration? = nil,
        _ body: @escaping @Sendable (Input, StepContext) async throws -> Output
    ) {
        self.init(kind, retry: retry, timeout: timeout, isJob: false, limits: RunLimits(), body)
    }

    /// Creates a handler that is a workflow of one step by itself, named like its kind.
    public static func job<Input: Decodable & Sendable, Output: Encodable & Sendable>(
        _ name: String,
        retry: RetryPolicy = RetryPolicy(),
        timeout: Duration? = nil,
        limits: RunLimits = RunLimits(),
        _ body: @escaping @Sendable (Input, StepContext) async throws -> Output
    ) -> Handler {
        Handler(name, retry: retry, timeout: timeout, isJob: true, limits: limits, body)
    }

    /// Creates the handler of `function` nodes whose action is `custom` and whose function has that
    /// name.
    public static func function<Output: Encodable & Sendable>(
        _ name: String,
        retry: RetryPolicy = .never,
        timeout: Duration? = nil,
        _ body: @escaping @Sendable (StepContext) async throws -> Output
    ) -> Handler {
        Handler(Node.functionPrefix + name, retry: retry, timeout: timeout) {
            (_: Done, context: StepContext) in
            try await body(context)
        }
    }

    private init<Input: Decodable & Sendable, Output: Encodable & Sendable>(
        _ kind: String,
        retry: RetryPolicy,
        timeout: Duration?,
        isJob: Bool,
        limits: RunLimits,
        _ body: @escaping @Sendable (Input, StepContext) async throws -> Output
    ) {
        precondition(
            Node.Kind(rawValue: kind).allowsHandler && !kind.hasPrefix("@"),
            "\"\(kind)\" is a kind of Pawl's own"
        )
        precondition(
            (1...100).contains(kind.unicodeScalars.count),
            "a kind is named by 1 to 100 characters"
        )
        self.kind = kind
        self.retry = retry
        self.timeout = timeout
        self.isJob = isJob
        self.limits = limits
        run = { context in
            let output = try await body(context.decodeInput(), context)
            return try context.encodeOutput(output)
        }
    }
}

/// What a handler returns that has nothing to say: `{}`.
public struct Done: Codable, Sendable, Hashable {
    /// Creates it.
    public init() {}
}
