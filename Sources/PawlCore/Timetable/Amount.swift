/// An amount of time in words: `90 seconds`, `1 hour`, `1 hour and 30 minutes`.
struct Amount: CustomStringConvertible {
    private let seconds: Int64

    init(_ seconds: Int64) {
        self.seconds = seconds
    }

    /// The amount in words.
    var description: String {
        // Ninety seconds, rather than a minute and thirty seconds; so with minutes.
        if seconds < 120, seconds != 60 { return Self.text(seconds, "second") }
        if seconds < 7_200, seconds % 60 == 0, seconds != 3_600 {
            return Self.text(seconds / 60, "minute")
        }
        var rest = seconds
        var parts: [String] = []
        for (name, length) in [("day", 86_400), ("hour", 3_600), ("minute", 60), ("second", 1)]
            as [(String, Int64)]
        {
            let count = rest / length
            rest %= length
            if count > 0 { parts.append(Self.text(count, name)) }
        }
        return parts.joined("and")
    }

    private static func text(_ count: Int64, _ unit: String) -> String {
        count == 1 ? "1 \(unit)" : "\(count) \(unit)s"
    }
}

extension [String] {
    /// Joins words to a list: `a, b and c`.
    func joined(_ conjunction: String) -> String {
        guard let last, count > 1 else { return first ?? "" }
        return dropLast().joined(separator: ", ") + " \(conjunction) \(last)"
    }
}
