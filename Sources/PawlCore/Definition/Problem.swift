/// One thing that is wrong with a definition.
public struct Problem: Error, Hashable, Sendable, CustomStringConvertible {
    /// A class of problems that programs may tell apart.
    public enum Code: String, Hashable, Sendable {
        case malformed = "MALFORMED"
        case duplicateNode = "DUPLICATE_NODE"
        case danglingEdge = "DANGLING_EDGE"
        case noStart = "NO_START"
        case noEnd = "NO_END"
        case badEdge = "BAD_EDGE"
        case unreachable = "UNREACHABLE"
        case unknownOperator = "UNKNOWN_OPERATOR"
        case badContainer = "BAD_CONTAINER"
        case tooLarge = "TOO_LARGE"
        case unknownMember = "UNKNOWN_MEMBER"
        case notFound = "NOT_FOUND"
        case cycle = "CYCLE_DETECTED"
        case actionUnavailable = "ACTION_UNAVAILABLE"
        case renamed = "RENAMED"
        case deadEnd = "DEAD_END"
        case endless = "ENDLESS"
        case doubtful = "DOUBTFUL"
        case secret = "SECRET_RECORDED"
    }

    /// Whether the definition can be used all the same.
    public enum Severity: String, Hashable, Sendable {
        /// The definition cannot be used.
        case error
        /// It can be used, but hardly does what was meant.
        case warning
    }

    /// Where it is in the definition: `nodes[2].timeout`.
    public let place: String
    /// Its class.
    public let code: Code
    /// What is wrong.
    public let message: String
    /// What to do about it.
    public let hint: String?
    /// Whether the definition can be used all the same.
    public let severity: Severity

    init(
        at place: String,
        _ code: Code,
        _ message: String,
        hint: String? = nil,
        severity: Severity = .error
    ) {
        self.place = place
        self.code = code
        self.message = message
        self.hint = hint
        self.severity = severity
    }

    /// The same problem of another place.
    func moved(to place: String) -> Problem {
        Problem(at: place, code, message, hint: hint, severity: severity)
    }

    /// The place, the message and the hint on one line.
    public var description: String {
        (place.isEmpty ? "" : "\(place): ") + message + (hint.map { " (\($0))" } ?? "")
    }
}

/// Everything that is wrong with a definition; it cannot be used.
public struct InvalidDefinition: Error, Hashable, Sendable, CustomStringConvertible {
    /// The problems; at least one is an error.
    public let problems: [Problem]

    /// The problems, a line each.
    public var description: String { problems.map(\.description).joined(separator: "\n") }
}
