/// A condition on what a run knows.
///
/// Total: a missing path makes every operator false, `neq` and `not_in` included, and so does a
/// value of the wrong type. `not` of a missing path is therefore true.
public indirect enum Condition: Hashable, Sendable {
    /// How a value is compared.
    public enum Operator: String, Hashable, Sendable, CaseIterable {
        case eq, neq, gt, gte, lt, lte, contains, exists
        case isIn = "in"
        case notIn = "not_in"
    }

    /// Compares the value at a path.
    case field(path: String, Operator, JSON)
    /// True if all are; true of none.
    case all([Condition])
    /// True if one is; false of none.
    case any([Condition])
    /// True if the condition is false.
    case not(Condition)
    /// On an edge: taken when no other one is. Elsewhere true.
    case otherwise

    /// Evaluates the condition; `value` gives what is at a path, or `nil` if nothing is.
    func holds(_ known: some Knowledge) -> Bool { holds { known.value(at: Path($0)) } }

    public func holds(_ value: (String) -> JSON?) -> Bool {
        switch self {
        case .field(let path, let comparison, let expected):
            guard let found = value(path) else { return false }
            return comparison.holds(found, expected)
        case .all(let conditions): return conditions.allSatisfy { $0.holds(value) }
        case .any(let conditions): return conditions.contains { $0.holds(value) }
        case .not(let condition): return !condition.holds(value)
        case .otherwise: return true
        }
    }
}

extension Condition.Operator {
    fileprivate func holds(_ found: JSON, _ expected: JSON) -> Bool {
        switch self {
        case .exists: true
        case .eq: found == expected
        case .neq: found != expected
        case .isIn: Self.isMember(found, of: expected) ?? false
        case .notIn: Self.isMember(found, of: expected).map { !$0 } ?? false
        case .contains: Self.contains(found, expected) ?? false
        case .gt: Self.order(found, expected).map { $0 > 0 } ?? false
        case .gte: Self.order(found, expected).map { $0 >= 0 } ?? false
        case .lt: Self.order(found, expected).map { $0 < 0 } ?? false
        case .lte: Self.order(found, expected).map { $0 <= 0 } ?? false
        }
    }

    /// Whether a value is an element of a list, or part of a string; `nil` if the types do not
    /// allow it.
    private static func isMember(_ value: JSON, of whole: JSON) -> Bool? {
        switch (whole, value) {
        case (.array(let elements), _): elements.contains(value)
        case (.string(let whole), .string(let part)): isPart(part, of: whole)
        default: nil
        }
    }

    /// As ``isMember(_:of:)``; and a part of a string in a list is enough.
    private static func contains(_ whole: JSON, _ part: JSON) -> Bool? {
        guard case .array(let elements) = whole, case .string(let part) = part else {
            return isMember(part, of: whole)
        }
        return elements.contains { element in
            element.stringValue.map { isPart(part, of: $0) } ?? false
        }
    }

    private static func isPart(_ part: String, of whole: String) -> Bool {
        part.isEmpty || whole.firstRange(of: part) != nil
    }

    /// Below, at or above zero, as `left` is below, at or above `right`; `nil` across types.
    private static func order(_ left: JSON, _ right: JSON) -> Int? {
        switch (left, right) {
        case (.integer(let left), .integer(let right)):
            return left < right ? -1 : left > right ? 1 : 0
        case (.string(let left), .string(let right)):
            return left < right ? -1 : left > right ? 1 : 0
        default:
            guard let left = left.doubleValue, let right = right.doubleValue else { return nil }
            return left < right ? -1 : left > right ? 1 : 0
        }
    }
}
