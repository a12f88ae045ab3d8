/// Reads the text of a pattern.
struct PatternParser {
    /// How deep groups may nest; reading one level costs stack.
    private static let maximumDepth = 100
    static let allowed = #"use literals, . [ ] ( ) (?: ) | * + ? {m,n} ^ $ and \d \w \s \b"#

    let scalars: [Unicode.Scalar]
    var position = 0
    private var depth = 0

    init(_ text: String) {
        // One more than is allowed is enough to know.
        scalars = Array(text.unicodeScalars.prefix(Pattern.maximumLength + 1))
    }

    mutating func pattern() throws(PatternError) -> PatternNode {
        guard scalars.count <= Pattern.maximumLength else {
            throw PatternError(
                "the pattern is too long",
                at: Pattern.maximumLength,
                hint: "use at most \(Pattern.maximumLength) characters"
            )
        }
        let node = try choice()
        guard position == scalars.count else {
            throw fault("\")\" closes no group", hint: #"write \) for the character"#)
        }
        return node
    }

    private mutating func choice() throws(PatternError) -> PatternNode {
        var branches = [try sequence()]
        while take("|") { branches.append(try sequence()) }
        return branches.count == 1 ? branches[0] : .choice(branches)
    }

    private mutating func sequence() throws(PatternError) -> PatternNode {
        var parts: [PatternNode] = []
        while let scalar = next, scalar != "|", scalar != ")" {
            let part = try atom()
            let start = position
            guard let (least, most) = try quantifier() else {
                parts.append(part)
                continue
            }
            if case .place = part {
                throw fault(
                    "an anchor cannot be repeated",
                    at: start,
                    hint: "leave out the quantifier"
                )
            }
            parts.append(.repeated(part, least: least, most: most))
            let second = position
            if try quantifier() != nil {
                throw fault(
                    "a quantifier follows a quantifier",
                    at: second,
                    hint: "wrap what is repeated in (?: )"
                )
            }
        }
        return parts.count == 1 ? parts[0] : .sequence(parts)
    }

    private mutating func atom() throws(PatternError) -> PatternNode {
        let start = position
        let scalar = scalars[position]
        position += 1
        switch scalar {
        case ".": return .scalars(.withinLine)
        case "^": return .place(.start)
        case "$": return .place(.end)
        case "(": return try group()
        case "[": return .scalars(try set())
        case "\\": return try escape()
        case "*", "+", "?":
            throw fault(
                "\"\(scalar)\" has nothing to repeat",
                at: start,
                hint: "write \\\(scalar) for the character"
            )
        case "{":
            position = start
            if try quantifier() != nil {
                throw fault(
                    "a quantifier has nothing to repeat",
                    at: start,
                    hint: #"write \{ for the character"#
                )
            }
            position = start + 1
            return .scalars(ScalarSet(scalar))
        default: return .scalars(ScalarSet(scalar))
        }
    }

    private mutating func group() throws(PatternError) -> PatternNode {
        let start = position - 1
        if take("?"), !take(":") {
            let isLookaround =
                next == "=" || next == "!"
                || (next == "<" && (following == "=" || following == "!"))
            throw fault(
                isLookaround ? "lookaround is not supported" : "this kind of group is not known",
                at: start,
                hint: "groups are ( ) and (?: )"
            )
        }
        guard depth < Self.maximumDepth else {
            throw fault(
                "groups nest too deep",
                at: start,
                hint: "use at most \(Self.maximumDepth) levels"
            )
        }
        depth += 1
        let node = try choice()
        depth -= 1
        guard take(")") else {
            throw fault(
                "a group does not end",
                at: start,
                hint: #"add ")", or write \( for the character"#
            )
        }
        return node
    }

    /// Reads a quantifier, if one is next; a `?` after it asks for the shortest match, which makes
    /// no difference to whether there is one.
    private mutating func quantifier() throws(PatternError) -> (least: Int, most: Int?)? {
        let range: (least: Int, most: Int?)
        if take("*") {
            range = (0, nil)
        } else if take("+") {
            range = (1, nil)
        } else if take("?") {
            range = (0, 1)
        } else if let counted = try counted() {
            range = counted
        } else {
            return nil
        }
        _ = take("?")
        return range
    }

    /// Reads `{m}`, `{m,}` or `{m,n}`; any other `{` is a character.
    private mutating func counted() throws(PatternError) -> (least: Int, most: Int?)? {
        let start = position
        guard take("{") else { return nil }
        let least = number()
        var most = least
        if take(",") { most = number() }
        let hasMost = scalars[position - 1] != ","
        guard take("}"), let least, most != nil || !hasMost else {
            position = start
            return nil
        }
        guard least <= most ?? least, least <= Pattern.maximumStates,
            most ?? 0 <= Pattern.maximumStates
        else {
            throw fault(
                "a repetition is out of range",
                at: start,
                hint: "write {m,n} with m at most n, and n at most \(Pattern.maximumStates)"
            )
        }
        return (least, hasMost ? most : nil)
    }

    /// Reads a number; one that is too large is just as good a number that is.
    private mutating func number() -> Int? {
        var number: Int?
        while let digit = next.flatMap({ Self.digit($0, radix: 10) }) {
            number = min((number ?? 0) * 10 + digit, Pattern.maximumStates + 1)
            position += 1
        }
        return number
    }
}

extension PatternParser {
    var next: Unicode.Scalar? { position < scalars.count ? scalars[position] : nil }

    var following: Unicode.Scalar? {
        position + 1 < scalars.count ? scalars[position + 1] : nil
    }

    mutating func take(_ scalar: Unicode.Scalar) -> Bool {
        guard next == scalar else { return false }
        position += 1
        return true
    }

    static func digit(_ scalar: Unicode.Scalar, radix: Int) -> Int? {
        guard scalar.isASCII, let digit = Character(scalar).hexDigitValue, digit < radix else {
            return nil
        }
        return digit
    }

    func fault(_ message: String, at offset: Int? = nil, hint: String) -> PatternError {
        PatternError(message, at: offset ?? position, hint: hint)
    }
}
