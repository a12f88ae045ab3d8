/// Why a step, or a run, failed.
public struct Failure: Error, Hashable, Sendable {
    /// A class of failures that programs may tell apart.
    public struct Code: Hashable, Sendable, RawRepresentable, ExpressibleByStringLiteral {
        /// The code as it is recorded, for example `TIMEOUT_ERROR`.
        public let rawValue: String

        /// Creates a code.
        public init(rawValue: String) { self.rawValue = rawValue }

        /// Creates a code.
        public init(stringLiteral value: String) { self.rawValue = value }

        /// A handler threw.
        public static let execution: Code = "EXECUTION_ERROR"
        /// A handler said that trying again is of no use.
        public static let nonRetryable: Code = "NON_RETRYABLE"
        /// An attempt, a decision or a run took longer than it may.
        public static let timeout: Code = "TIMEOUT_ERROR"
        /// An input or output is not what it has to be.
        public static let validation: Code = "VALIDATION_ERROR"
        /// No edge leads on from a node.
        public static let noTransition: Code = "NO_VALID_TRANSITION"
        /// A step killed its worker too often.
        public static let quarantined: Code = "QUARANTINED"
        /// A guard on the size of a run was hit.
        public static let guardrail: Code = "GUARD_EXCEEDED"
        /// A child of a container, or a run that belonged to the step, failed.
        public static let stepFailed: Code = "STEP_FAILED"
        /// A template names what is not there.
        public static let interpolation: Code = "INTERPOLATION_ERROR"
        /// Too many attempts failed in a row; none is made for a while.
        public static let circuitOpen: Code = "CIRCUIT_OPEN"
        /// Nobody has a handler for the step.
        public static let unavailable: Code = "ACTION_UNAVAILABLE"
    }

    /// The class of the failure.
    public let code: Code
    /// What happened, for people.
    public let message: String
    /// Whether another attempt may help.
    public let isRetryable: Bool
    /// The delay that the handler asked for, instead of the policy's.
    public let retryAfter: Duration?
    /// What there is of an output all the same, as a JSON text.
    public let output: [UInt8]?
    /// How many attempts were made, if it was the end of several.
    private(set) var attempts: Int?

    /// Creates a failure.
    public init(
        _ code: Code,
        _ message: String,
        isRetryable: Bool = true,
        retryAfter: Duration? = nil,
        output: [UInt8]? = nil
    ) {
        self.code = code
        // An error's text may hold a whole document; history keeps what a person reads. NUL cannot
        // be stored in text at all.
        self.message = String(
            message.prefix(Self.longestMessage).map { $0 == "\0" ? "\u{FFFD}" : $0 }
        )
        self.isRetryable = isRetryable
        self.retryAfter = retryAfter
        self.output = output
    }

    private static let longestMessage = 4_000

    /// The failure as that of a step that was tried so often.
    func after(attempts: Int) -> Failure {
        let end = " (after \(attempts) attempts)"
        var failure = Failure(
            code,
            message.prefix(Self.longestMessage - end.count) + end,
            isRetryable: isRetryable,
            retryAfter: retryAfter,
            output: output
        )
        failure.attempts = attempts
        return failure
    }

    /// The failure as an event records it.
    package var json: JSON {
        var members: [String: JSON] = [
            "code": .string(code.rawValue), "message": .string(message),
        ]
        members["output"] = Projection.parse(output)
        members["attempts"] = attempts.map { .integer(Int64($0)) }
        return .object(members)
    }

    /// The failure that an event recorded.
    init(recorded json: JSON?) {
        self.init(
            Code(rawValue: json?["code"]?.stringValue ?? Code.execution.rawValue),
            json?["message"]?.stringValue ?? "unknown error",
            isRetryable: false
        )
    }
}
