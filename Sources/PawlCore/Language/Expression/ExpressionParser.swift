/// Reads the words of an expression.
struct ExpressionParser {
    private let lexer: ExpressionLexer
    private let words: [ExpressionLexer.Word]
    private var position = 0
    private var depth = 0
    private var terms = 0

    init(_ text: String) throws(ExpressionError) {
        var lexer = try ExpressionLexer(text)
        words = try lexer.words()
        self.lexer = lexer
    }

    /// Reads all words as one thing.
    mutating func whole<T>(
        _ body: (inout ExpressionParser) throws(ExpressionError) -> T
    ) throws(ExpressionError) -> T {
        let result = try body(&self)
        guard position == words.count else {
            throw unexpected("the end", hint: "join conditions by and, or")
        }
        return result
    }

    mutating func condition() throws(ExpressionError) -> Condition {
        var conditions = [try conjunction()]
        while take(.or) { conditions.append(try conjunction()) }
        return conditions.count == 1 ? conditions[0] : .any(conditions)
    }

    private mutating func conjunction() throws(ExpressionError) -> Condition {
        var conditions = [try negation()]
        while take(.and) { conditions.append(try negation()) }
        return conditions.count == 1 ? conditions[0] : .all(conditions)
    }

    private mutating func negation() throws(ExpressionError) -> Condition {
        guard next == .not || next == .open else { return try comparison() }
        guard depth < Expression.maximumDepth else {
            throw fault(
                "the expression nests too deep",
                hint: "use at most \(Expression.maximumDepth) levels"
            )
        }
        depth += 1
        defer { depth -= 1 }
        if take(.not) { return .not(try negation()) }
        _ = take(.open)
        let condition = try condition()
        guard take(.close) else { throw unexpected("\")\"", hint: "close the parenthesis") }
        return condition
    }

    private mutating func comparison() throws(ExpressionError) -> Condition {
        terms += 1
        guard terms <= Expression.maximumTerms else {
            throw fault(
                "the expression has too many comparisons",
                hint: "use at most \(Expression.maximumTerms), or \"in\" with a list"
            )
        }
        if take(.exists) {
            guard take(.open) else {
                throw unexpected("\"(\"", hint: "write exists(node.output.name)")
            }
            let path = try path()
            guard take(.close) else { throw unexpected("\")\"", hint: "close the parenthesis") }
            return .exists(path)
        }
        let start = position
        let left = try operand()
        let condition: Condition
        switch next {
        case .exists:
            position = start
            let path = try path()
            position += 1
            condition = .exists(path)
        case .matches:
            position += 1
            condition = .matches(left, try pattern())
        case .comparison(let comparison):
            position += 1
            condition = .comparison(left, comparison, try operand())
        case .not where following == .comparison(.isIn):
            position += 2
            condition = .comparison(left, .notIn, try operand())
        default:
            condition = try bare(left, at: start)
        }
        switch next {
        case .comparison, .matches:
            throw fault("a comparison follows a comparison", hint: "join them by and, or")
        default: return condition
        }
    }

    /// What an operand alone says.
    private func bare(_ operand: Operand, at place: Int) throws(ExpressionError) -> Condition {
        switch operand {
        case .path: return .comparison(operand, .eq, .value(true))
        case .value(true): return .all([])
        case .value(false): return .never
        case .value(let value):
            throw ExpressionError(
                "\(value) alone is no condition",
                at: words[place].range.lowerBound,
                hint: "compare it: == != < <= > >= in contains matches"
            )
        }
    }

    mutating func operand() throws(ExpressionError) -> Operand {
        guard case .operand(let operand) = next else {
            throw unexpected(
                "a path or a value",
                hint: #"write node.output.name, 5, "text", 'text', true, null, [1, 2] or {"a": 1}"#
            )
        }
        position += 1
        return operand
    }

    private mutating func path() throws(ExpressionError) -> Path {
        guard case .operand(.path(let path)) = next else {
            throw unexpected("a path", hint: "write node.output.name")
        }
        position += 1
        return path
    }

    private mutating func pattern() throws(ExpressionError) -> Pattern {
        guard case .operand(.value(.string(let text))) = next else {
            throw unexpected("a pattern", hint: "write it as text, such as '^[a-z]+$'")
        }
        do {
            let pattern = try Pattern(text)
            position += 1
            return pattern
        } catch {
            throw fault(error.summary, hint: error.hint)
        }
    }
}

extension ExpressionParser {
    private var next: ExpressionToken? { position < words.count ? words[position].token : nil }

    private var following: ExpressionToken? {
        position + 1 < words.count ? words[position + 1].token : nil
    }

    private mutating func take(_ token: ExpressionToken) -> Bool {
        guard next == token else { return false }
        position += 1
        return true
    }

    private func fault(_ message: String, hint: String) -> ExpressionError {
        let place = position < words.count ? words[position].range.lowerBound : lexer.scalars.count
        return ExpressionError(message, at: place, hint: hint)
    }

    private func unexpected(_ expected: String, hint: String) -> ExpressionError {
        guard position < words.count else {
            return fault("the text ends where \(expected) is expected", hint: hint)
        }
        // A value may be as long as the expression.
        let found = lexer.spelling(words[position].range)
        let shown = found.count > 40 ? found.prefix(40) + "…" : found[...]
        return fault("found \(shown) where \(expected) is expected", hint: hint)
    }
}
