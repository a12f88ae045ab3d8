extension String {
    /// About how wide the text is in a sans-serif font of that size, rather too wide than too
    /// narrow: the fonts of the reader are not known here.
    func width(size: Double) -> Double {
        size * unicodeScalars.reduce(0) { $0 + $1.width }
    }
}

extension Unicode.Scalar {
    /// In parts of the font's size.
    fileprivate var width: Double {
        switch self {
        case "i", "j", "l", "I", ".", ",", ":", ";", "'", "|", "!", "`": 0.31
        case " ", "t", "f", "r", "(", ")", "[", "]", "{", "}", "/", "\\", "-", "\"": 0.40
        case "m", "w", "M", "W", "@", "%": 0.92
        case "A"..."Z", "&", "=", "<", ">", "+", "#", "~", "_": 0.70
        case "\u{0}"..."\u{2FF}": 0.60
        // Marks that stand on the letter before them.
        case "\u{300}"..."\u{36F}", "\u{200B}"..."\u{200F}", "\u{FE00}"..."\u{FE0F}": 0
        case "\u{1100}"..."\u{11FF}", "\u{2E80}"..."\u{FFEF}", "\u{1F000}"..."\u{3FFFF}": 1.05
        default: 0.68
        }
    }
}
