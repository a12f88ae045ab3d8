/// Cuts the text of an expression into words.
struct ExpressionLexer {
    /// A word, and where it is.
    struct Word {
        let token: ExpressionToken
        let range: Range<Int>
    }

    let scalars: [Unicode.Scalar]
    private var position = 0

    init(_ text: String) throws(ExpressionError) {
        guard text.utf8.count <= Expression.maximumLength else {
            throw ExpressionError(
                "the expression is too long",
                at: 0,
                hint: "use at most \(Expression.maximumLength) bytes"
            )
        }
        scalars = Array(text.unicodeScalars)
    }

    mutating func words() throws(ExpressionError) -> [Word] {
        var words: [Word] = []
        while true {
            while let next, next.properties.isWhitespace { position += 1 }
            guard next != nil else { return words }
            let start = position
            let token = try token()
            words.append(Word(token: token, range: start..<position))
        }
    }

    /// How a part of the text is spelled.
    func spelling(_ range: Range<Int>) -> String {
        var text = ""
        text.unicodeScalars.append(contentsOf: scalars[range])
        return text
    }

    private mutating func token() throws(ExpressionError) -> ExpressionToken {
        for (spelling, token) in ExpressionToken.signs where begins(with: spelling) {
            position += spelling.unicodeScalars.count
            return token
        }
        if begins(with: "{{") || begins(with: "${{") { return try placeholder() }
        if next == "{" || (next == "[" && !isQuotedName) { return try list() }
        if next == "\"" { return try json(upTo: endOfString(from: position)) }
        if next == "'" { return try rawString() }
        return try word()
    }

    /// Reads `{{path}}` as the path.
    private mutating func placeholder() throws(ExpressionError) -> ExpressionToken {
        let start = position
        position += next == "$" ? 3 : 2
        let inside = position
        while next != nil, !begins(with: "}}") { position += 1 }
        guard next != nil else {
            throw ExpressionError("a {{ does not end", at: start, hint: "add }}")
        }
        let text = spelling(inside..<position)
        position += 2
        let path = text.split(whereSeparator: \.isWhitespace)
        guard path.count == 1, !text.contains("|") else {
            throw ExpressionError(
                "a {{ }} does not hold one path",
                at: start,
                hint: "write {{node.output.name}}, or the path alone"
            )
        }
        return .operand(.path(Path(String(path[0]))))
    }

    /// Reads a list or an object.
    private mutating func list() throws(ExpressionError) -> ExpressionToken {
        var end = position
        var depth = 0
        while end < scalars.count {
            switch scalars[end] {
            case "[", "{": depth += 1
            case "]", "}": depth -= 1
            case "\"": end = (endOfString(from: end) ?? scalars.count) - 1
            default: break
            }
            end += 1
            if depth == 0 { return try json(upTo: end) }
        }
        return try json(upTo: nil)
    }

    private mutating func json(upTo end: Int?) throws(ExpressionError) -> ExpressionToken {
        let start = position
        let bytes = Array(spelling(start..<(end ?? scalars.count)).utf8)
        do {
            let value = try JSON(parsing: bytes)
            position = end ?? scalars.count
            return .operand(.value(value))
        } catch {
            let before = String(decoding: bytes.prefix(error.offset), as: UTF8.self)
            throw ExpressionError(
                "a value is not JSON: \(error.message)",
                at: start + before.unicodeScalars.count,
                hint: #"write a value such as 5, "text", 'text', true, null, [1, 2] or {"a": 1}"#
            )
        }
    }

    /// Reads a string in single quotes, in which two of them are one and nothing else is special.
    private mutating func rawString() throws(ExpressionError) -> ExpressionToken {
        let start = position
        var text = ""
        position += 1
        while let scalar = next {
            position += 1
            if scalar == "'" {
                guard next == "'" else { return .operand(.value(.string(text))) }
                position += 1
            }
            text.unicodeScalars.append(scalar)
        }
        throw ExpressionError(
            "a string does not end",
            at: start,
            hint: "add a ', or write '' for the character"
        )
    }

    /// Reads a path, a number or a keyword.
    private mutating func word() throws(ExpressionError) -> ExpressionToken {
        if let number = number() { return .operand(.value(number)) }
        let start = position
        while let scalar = next {
            if scalar == "[" {
                guard let end = endOfBracket(from: position) else { break }
                position = end
            } else if scalar == "." {
                position += 1
                guard let after = next, Self.isOfName(after) || isQuotedName else {
                    throw ExpressionError(
                        "no name follows the \".\"",
                        at: position,
                        hint: #"write node.output.name, or node.output["a name"]"#
                    )
                }
            } else if Self.isOfName(scalar) {
                position += 1
            } else {
                break
            }
        }
        let text = spelling(start..<position)
        if let token = ExpressionToken(keyword: text) { return token }
        guard let first = text.unicodeScalars.first, first != ".", first != "-" else {
            position = start
            throw unexpected()
        }
        return .operand(.path(Path(text)))
    }

    /// Reads a number, unless what looks like one goes on as a name.
    private mutating func number() -> JSON? {
        guard let first = next, first == "-" || first.isDigit else { return nil }
        let end = scalars[position...].firstIndex {
            !$0.isDigit && !"+-.eE".unicodeScalars.contains($0)
        }
        if let end, Self.isOfName(scalars[end]) { return nil }
        do {
            let number = try JSON(parsing: spelling(position..<(end ?? scalars.count)).utf8)
            position = end ?? scalars.count
            return number
        } catch {
            return nil
        }
    }

    private func unexpected() -> ExpressionError {
        let character = spelling(position..<position + 1)
        let hint =
            switch character {
            case "=": "write == to compare"
            case "&": "write && or and"
            case "|": "write || or or"
            case "-", "+", "*", "/", "%":
                "there is no arithmetic; write a path, a value or a condition"
            default: #"write a path, a value or a condition; other names as ["a name"]"#
            }
        return ExpressionError("unexpected \"\(character)\"", at: position, hint: hint)
    }
}

extension ExpressionLexer {
    private var next: Unicode.Scalar? { position < scalars.count ? scalars[position] : nil }

    private func begins(with text: String) -> Bool {
        scalars[position...].starts(with: text.unicodeScalars)
    }

    /// Whether a path that begins or goes on with a name in brackets is next, and not a list.
    private var isQuotedName: Bool {
        guard position + 1 < scalars.count, "\"'".unicodeScalars.contains(scalars[position + 1]),
            let end = endOfBracket(from: position), end < scalars.count
        else { return false }
        return scalars[end] == "." || scalars[end] == "["
    }

    /// Where `[0]`, `["a"]` or `['a']` ends, if that is next.
    private func endOfBracket(from start: Int) -> Int? {
        var end = start + 1
        guard scalars[start] == "[", end < scalars.count else { return nil }
        if scalars[end] == "\"" {
            guard let close = endOfString(from: end) else { return nil }
            end = close
        } else if scalars[end] == "'" {
            guard let close = scalars[(end + 1)...].firstIndex(of: "'") else { return nil }
            end = close + 1
        } else {
            while end < scalars.count, scalars[end].isDigit { end += 1 }
            guard end > start + 1 else { return nil }
        }
        return end < scalars.count && scalars[end] == "]" ? end + 1 : nil
    }

    /// Where a string in double quotes ends.
    private func endOfString(from start: Int) -> Int? {
        var end = start + 1
        while end < scalars.count {
            switch scalars[end] {
            case "\"": return end + 1
            case "\\": end += 2
            default: end += 1
            }
        }
        return nil
    }

    /// Whether a scalar can be in a name that is not in brackets.
    private static func isOfName(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar {
        case "a"..."z", "A"..."Z", "0"..."9", "_", "-", "$", "@", ":": true
        default: !scalar.isASCII && !scalar.properties.isWhitespace
        }
    }
}

extension Unicode.Scalar {
    fileprivate var isDigit: Bool { ("0"..."9").contains(self) }
}
