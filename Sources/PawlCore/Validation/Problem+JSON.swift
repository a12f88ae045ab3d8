extension Problem {
    /// The problem as JSON: `path`, `code`, `message`, `severity`, and a `hint` if there is one.
    public var json: JSON {
        var members: [String: JSON] = [
            "path": .string(place), "code": .string(code.rawValue), "message": .string(message),
            "severity": .string(severity.rawValue),
        ]
        if let hint { members["hint"] = .string(hint) }
        return .object(members)
    }
}
