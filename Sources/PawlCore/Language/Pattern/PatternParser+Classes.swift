extension PatternParser {
    /// Reads a class, of which the bracket is read.
    mutating func set() throws(PatternError) -> ScalarSet {
        let start = position - 1
        let isInverted = take("^")
        var ranges: [ClosedRange<UInt32>] = []
        while !take("]") {
            guard next != nil else {
                throw fault(
                    "a class does not end",
                    at: start,
                    hint: #"add "]", or write \[ for the character"#
                )
            }
            let place = position
            let low = try member()
            guard next == "-", let after = following, after != "]" else {
                ranges += low.set.ranges
                continue
            }
            position += 1
            let high = try member()
            guard let first = low.scalar, let last = high.scalar else {
                // One end is a class, so the hyphen is a character.
                ranges += low.set.ranges + high.set.ranges + ScalarSet("-").ranges
                continue
            }
            guard first <= last else {
                throw fault("a range is in the wrong order", at: place, hint: "write [a-z]")
            }
            ranges.append(first.value...last.value)
        }
        guard !ranges.isEmpty else {
            throw fault("a class is empty", at: start, hint: #"write [\]] for the bracket"#)
        }
        let set = ScalarSet(ranges)
        return isInverted ? set.inverted : set
    }

    /// Reads a scalar, or a class such as `\d`, within a class.
    private mutating func member() throws(PatternError) -> (set: ScalarSet, scalar: Unicode.Scalar?)
    {
        let start = position
        let scalar = scalars[position]
        position += 1
        if scalar == "[", let kind = next, kind == ":" || kind == "." || kind == "=" {
            throw fault(
                "named classes are not supported",
                at: start,
                hint: #"write the ranges, or \[ for the character"#
            )
        }
        guard scalar == "\\" else { return (ScalarSet(scalar), scalar) }
        if take("b") { return (ScalarSet("\u{8}"), "\u{8}") }
        switch try escape() {
        case .scalars(let set):
            let range = set.ranges[0]
            let isOne = set.ranges.count == 1 && range.count == 1
            return (set, isOne ? Unicode.Scalar(range.lowerBound) : nil)
        default:
            throw fault("an anchor is not in a class", at: start, hint: "write it outside")
        }
    }

    /// Reads what follows a backslash.
    mutating func escape() throws(PatternError) -> PatternNode {
        let start = position - 1
        guard let scalar = next else {
            throw fault(
                "the pattern ends in \"\\\"",
                at: start,
                hint: #"write \\ for the character"#
            )
        }
        position += 1
        switch scalar {
        case "d": return .scalars(.digits)
        case "D": return .scalars(ScalarSet.digits.inverted)
        case "w": return .scalars(.word)
        case "W": return .scalars(ScalarSet.word.inverted)
        case "s": return .scalars(.space)
        case "S": return .scalars(ScalarSet.space.inverted)
        case "b": return .place(.wordBoundary)
        case "B": return .place(.notWordBoundary)
        case "n": return .scalars(ScalarSet("\n"))
        case "r": return .scalars(ScalarSet("\r"))
        case "t": return .scalars(ScalarSet("\t"))
        case "f": return .scalars(ScalarSet("\u{c}"))
        case "v": return .scalars(ScalarSet("\u{b}"))
        case "0" where next.flatMap { Self.digit($0, radix: 10) } == nil:
            return .scalars(ScalarSet("\0"))
        case "x", "u": return .scalars(ScalarSet(try coded(scalar, at: start)))
        case "k", "0"..."9":
            throw fault(
                "backreferences are not supported",
                at: start,
                hint: "write out what is repeated"
            )
        case "a"..."z", "A"..."Z":
            throw fault("unknown escape \"\\\(scalar)\"", at: start, hint: Self.allowed)
        default: return .scalars(ScalarSet(scalar))
        }
    }

    /// Reads the digits of `\xHH`, `\uHHHH` or `\u{H…}`.
    private mutating func coded(
        _ kind: Unicode.Scalar,
        at start: Int
    ) throws(PatternError) -> Unicode.Scalar {
        let isBraced = kind == "u" && take("{")
        let most = isBraced ? 6 : kind == "x" ? 2 : 4
        var value: UInt32 = 0
        var count = 0
        while count < most, let digit = next.flatMap({ Self.digit($0, radix: 16) }) {
            value = value << 4 | UInt32(digit)
            position += 1
            count += 1
        }
        let isComplete = isBraced ? count > 0 && take("}") : count == most
        guard isComplete, let scalar = Unicode.Scalar(value) else {
            throw fault(
                "an escape is not the number of a character",
                at: start,
                hint: #"write \xHH, \uHHHH or \u{H}"#
            )
        }
        return scalar
    }
}
