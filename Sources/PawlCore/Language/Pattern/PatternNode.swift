/// A part of a pattern, as it is written.
indirect enum PatternNode {
    case scalars(ScalarSet)
    case place(PatternPlace)
    case sequence([PatternNode])
    case choice([PatternNode])
    /// Without a most, as often as one likes.
    case repeated(PatternNode, least: Int, most: Int?)
}

/// What can be asked of a place between two scalars.
enum PatternPlace {
    case start
    case end
    case wordBoundary
    case notWordBoundary

    func holds(between before: Unicode.Scalar?, and after: Unicode.Scalar?) -> Bool {
        switch self {
        case .start: before == nil
        case .end: after == nil
        case .wordBoundary: isWord(before) != isWord(after)
        case .notWordBoundary: isWord(before) == isWord(after)
        }
    }

    private func isWord(_ scalar: Unicode.Scalar?) -> Bool {
        scalar.map { ScalarSet.word.contains($0) } ?? false
    }
}

/// What a matcher can be about to do.
enum PatternState: Sendable {
    /// Takes a scalar of the set, then goes on with the next state.
    case take(ScalarSet)
    /// Goes on with the next state if the place is right.
    case require(PatternPlace)
    /// Goes on with both.
    case split(Int, Int)
    case jump(Int)
    case match
}
