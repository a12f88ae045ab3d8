extension Condition.Operator {
    /// Compares two values; false if their types do not allow it.
    func holds(_ left: JSON, _ right: JSON) -> Bool {
        switch self {
        case .eq: left == right
        case .neq: left != right
        case .isIn: Self.isMember(left, of: right) ?? false
        case .notIn: Self.isMember(left, of: right).map { !$0 } ?? false
        case .contains: Self.contains(left, right)
        case .gt: Self.order(left, right).map { $0 > 0 } ?? false
        case .gte: Self.order(left, right).map { $0 >= 0 } ?? false
        case .lt: Self.order(left, right).map { $0 < 0 } ?? false
        case .lte: Self.order(left, right).map { $0 <= 0 } ?? false
        }
    }

    /// Whether a comparison with a value on the right can hold at all.
    func accepts(_ right: JSON) -> Bool {
        switch (self, right) {
        case (.eq, _), (.neq, _), (.contains, _): true
        case (.isIn, .array), (.isIn, .string), (.isIn, .object): true
        case (.notIn, .array), (.notIn, .string), (.notIn, .object): true
        case (.isIn, _), (.notIn, _): false
        case (_, .null), (_, .object): false
        default: true
        }
    }

    /// Whether a value is an element of a list, part of a string, or a key of an object; `nil` if
    /// the types do not allow it.
    private static func isMember(_ value: JSON, of whole: JSON) -> Bool? {
        switch (whole, value) {
        case (.array(let elements), _): elements.contains(value)
        case (.string(let whole), .string(let part)): isPart(part, of: whole)
        case (.object(let members), .string(let key)): members[key] != nil
        default: nil
        }
    }

    /// As ``isMember(_:of:)``, and more lenient with text: that may be part of a string in a list,
    /// or of how a number, a truth value or `null` is written; and no text is part of everything.
    private static func contains(_ whole: JSON, _ part: JSON) -> Bool {
        if isMember(part, of: whole) == true { return true }
        guard case .string(let part) = part else { return false }
        if part.isEmpty { return true }
        switch whole {
        case .array(let elements):
            return elements.contains { element in
                element.stringValue.map { isPart(part, of: $0) } ?? false
            }
        case .bool, .integer, .number, .null: return isPart(part, of: whole.description)
        case .string, .object: return false
        }
    }

    /// By bytes, which is by scalars: a line feed is part of a text with CR LF.
    private static func isPart(_ part: String, of whole: String) -> Bool {
        part.isEmpty || whole.utf8.firstRange(of: part.utf8) != nil
    }

    /// Below, at or above zero, as `left` is below, at or above `right`; `nil` if they have no order.
    ///
    /// Strings go by their scalars, and lists by the first elements that differ. As in the graphs
    /// that conditions were taken over from, `false` and `true` stand among numbers as 0 and 1.
    private static func order(_ left: JSON, _ right: JSON) -> Int? {
        switch (left, right) {
        case (.string(let left), .string(let right)): return sign(left, right)
        case (.array(let left), .array(let right)):
            for (left, right) in zip(left, right) where left != right {
                let order = order(left, right)
                if order != 0 { return order }
            }
            return sign(left.count, right.count)
        default:
            guard let left = left.rank, let right = right.rank else { return nil }
            return order(left, right)
        }
    }

    /// The order of two numbers, exactly: an integer is not rounded to be compared.
    private static func order(_ left: Rank, _ right: Rank) -> Int? {
        switch (left, right) {
        case (.whole(let left), .whole(let right)): return sign(left, right)
        case (.real(let left), .real(let right)):
            return left.isNaN || right.isNaN ? nil : sign(left, right)
        case (.whole, .real): return order(right, left).map { -$0 }
        case (.real(let left), .whole(let right)):
            guard !left.isNaN else { return nil }
            guard let below = Int64(exactly: left.rounded(.down)) else { return left < 0 ? -1 : 1 }
            if below != right { return sign(below, right) }
            return left > left.rounded(.down) ? 1 : 0
        }
    }

    private static func sign<T: Comparable>(_ left: T, _ right: T) -> Int {
        left < right ? -1 : left > right ? 1 : 0
    }
}

/// The place of a value among numbers.
private enum Rank {
    case whole(Int64)
    case real(Double)
}

extension JSON {
    fileprivate var rank: Rank? {
        switch self {
        case .bool(let value): .whole(value ? 1 : 0)
        case .integer(let value): .whole(value)
        case .number(let value): .real(value)
        case .null, .string, .array, .object: nil
        }
    }
}
