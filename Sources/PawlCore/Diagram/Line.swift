extension String {
    /// The text on one line that says no more than `limit` characters.
    ///
    /// Line breaks, controls and what turns the direction of writing become spaces, and a row of
    /// spaces becomes one. What is left out is three dots.
    func line(upTo limit: Int) -> String {
        var line = String.UnicodeScalarView()
        var isSpaced = true
        // No more is read than can matter: a prompt may have megabytes.
        for scalar in unicodeScalars.prefix(limit * 8) {
            if scalar.isBlank {
                if !isSpaced { line.append(" ") }
                isSpaced = true
            } else {
                line.append(scalar)
                isSpaced = false
            }
        }
        if line.last == " " { line.removeLast() }
        let text = String(line)
        guard text.count > limit else { return text }
        return String(text.prefix(limit - 3)) + "..."
    }
}

extension Unicode.Scalar {
    /// Whether nothing is seen of it, or it changes how others are seen.
    private static func isInvisible(_ value: UInt32) -> Bool {
        switch value {
        case 0...0x20, 0x7F...0xA0, 0x2028...0x202E, 0x2066...0x2069, 0xFEFF, 0xFFFE, 0xFFFF: true
        default: false
        }
    }

    fileprivate var isBlank: Bool { Self.isInvisible(value) || properties.isWhitespace }
}
