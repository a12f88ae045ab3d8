/// A word of an expression.
enum ExpressionToken: Hashable {
    case and
    case or
    case not
    case open
    case close
    case exists
    case matches
    case comparison(Condition.Operator)
    case operand(Operand)

    /// The words that are spelled with letters.
    init?(keyword: String) {
        switch keyword {
        case "and": self = .and
        case "or": self = .or
        case "not": self = .not
        case "exists": self = .exists
        case "matches": self = .matches
        case "contains": self = .comparison(.contains)
        case "in": self = .comparison(.isIn)
        case "true": self = .operand(.value(true))
        case "false": self = .operand(.value(false))
        case "null": self = .operand(.value(nil))
        default: return nil
        }
    }

    /// The words that are spelled with signs, longer ones before those that they begin with.
    static let signs: [(spelling: String, token: ExpressionToken)] = [
        ("&&", .and), ("||", .or), ("==", .comparison(.eq)), ("!=", .comparison(.neq)),
        ("<=", .comparison(.lte)), (">=", .comparison(.gte)), ("<", .comparison(.lt)),
        (">", .comparison(.gt)), ("!", .not), ("(", .open), (")", .close),
    ]
}
