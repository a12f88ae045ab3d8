/// A condition on what a run knows.
///
/// Total: a missing path makes every comparison false, `neq` and `not_in` included, and so does a
/// value of the wrong type. `not` of a missing path is therefore true.
public indirect enum Condition: Hashable, Sendable {
    /// How two values are compared.
    public enum Operator: String, Hashable, Sendable, CaseIterable {
        case eq, neq, gt, gte, lt, lte, contains
        case isIn = "in"
        case notIn = "not_in"
    }

    /// Compares two values.
    case comparison(Operand, Operator, Operand)
    /// True if something is at the path, `null` too.
    case exists(Path)
    /// True if the value is a string that the pattern matches.
    case matches(Operand, Pattern)
    /// True if all are; true of none.
    case all([Condition])
    /// True if one is; false of none.
    case any([Condition])
    /// True if the condition is false.
    case not(Condition)
    /// On an edge: taken when no other one is. Elsewhere true.
    case otherwise
    /// False.
    case never

    /// Reads a condition from an expression such as `check.output.score >= 3 and not late`.
    ///
    /// Conditions are joined by `and`, `or` and `not`, also written `&& || !`, and by parentheses.
    /// Values are compared by `== != < <= > >=`, `in`, `not in`, `contains` and `matches`, and
    /// `exists(path)` asks whether there is one. A path alone asks whether it leads to `true`.
    /// Other values are JSON; a string may also be in single quotes, where a backslash is itself.
    public init(_ expression: String) throws(ExpressionError) {
        self = try Expression.condition(expression)
    }

    /// Evaluates the condition; `value` gives what is at a path, or `nil` if nothing is.
    public func holds(_ value: (Path) -> JSON?) -> Bool {
        switch self {
        case .comparison(let left, let comparison, let right):
            guard let left = left.value(value), let right = right.value(value) else { return false }
            return comparison.holds(left, right)
        case .exists(let path): return value(path) != nil
        case .matches(let operand, let pattern):
            return operand.value(value)?.stringValue.map { pattern.matches($0) } ?? false
        case .all(let conditions): return conditions.allSatisfy { $0.holds(value) }
        case .any(let conditions): return conditions.contains { $0.holds(value) }
        case .not(let condition): return !condition.holds(value)
        case .otherwise: return true
        case .never: return false
        }
    }

    /// Evaluates the condition on what is known.
    package func holds(in knowledge: some Knowledge) -> Bool {
        holds { knowledge.value(at: $0) }
    }
}
