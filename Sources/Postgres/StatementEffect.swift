/// What a statement may leave behind, by the words in it.
///
/// It is asked only after a connection was lost with the answer outstanding, to tell "repeat it"
/// from "look first". So it errs towards having written. Of a function that is called in a
/// `select` it assumes that it only reads.
enum StatementEffect: Comparable {
    case reads
    case writes
    case commits

    init(of text: String) {
        let words = text.lowercased().split { !($0.isLetter || $0 == "_") }
        guard let first = Self.firstWord(of: text) else {
            self = .reads
            return
        }
        switch first {
        case "commit", "end", "prepare":
            self = .commits
        case "select", "with", "values", "table", "explain":
            self = words.contains(where: Self.writingWords.contains) ? .writes : .reads
        case "show", "set", "reset", "begin", "start", "rollback", "abort", "savepoint", "release",
            "listen", "unlisten", "fetch", "move", "declare", "close", "deallocate", "lock":
            self = .reads
        default:
            self = .writes
        }
    }

    private static let writingWords: Set<Substring> = [
        "insert", "update", "delete", "merge", "into",
    ]

    /// Skips spaces, comments and parentheses.
    private static func firstWord(of text: String) -> String? {
        var rest = Substring(text)
        while let character = rest.first {
            if rest.hasPrefix("--") {
                rest = rest.drop { !$0.isNewline }
            } else if rest.hasPrefix("/*") {
                guard let end = rest.firstRange(of: "*/") else { return nil }
                rest = rest[end.upperBound...]
            } else if character.isLetter {
                return rest.prefix { $0.isLetter || $0 == "_" }.lowercased()
            } else {
                rest.removeFirst()
            }
        }
        return nil
    }
}
