/// The grants of GNU licences in a text: `under the terms of the GNU General Public License …`.
///
/// That a text names such a licence is not enough: many say what they are compatible with.
enum GNUGrant {
    static func licences(in text: PlainText) -> [Licence] {
        families.flatMap { family, phrase in
            text.surroundings(of: phrase, before: 90, after: 200)
                .filter { before, after in isGrant(before, after) }
                .map { before, after in
                    Licence(family + version(before, after), .copyleft)
                }
        }
    }

    private static let families = [
        ("GPL", "gnu general public license"), ("GPL", "gnu gpl"),
        ("LGPL", "gnu lesser general public license"),
        ("LGPL", "gnu library general public license"),
        ("AGPL", "gnu affero general public license"),
        ("GFDL", "gnu free documentation license"),
    ]

    private static func isGrant(_ before: String, _ after: String) -> Bool {
        for word in ["under ", "terms of", "covered by", "license is", "subject to"]
        where before.contains(word) {
            return true
        }
        return after.contains(" preamble")  // The licence itself.
    }

    /// `-2+` and the like: what stands beside the name says which version, and whether later ones.
    private static func version(_ before: String, _ after: String) -> String {
        let words = after.split(whereSeparator: { " ,;()".contains($0) })
        let earlier = before.split(whereSeparator: { " ,;()".contains($0) }).suffix(4)
        let number =
            number(in: words) ?? words.first.flatMap(number(abbreviated:))
            ?? number(in: Array(earlier))
        guard let number else { return "" }
        return "-\(number)" + (after.contains("later version") ? "+" : "")
    }

    private static func number(in words: [Substring]) -> String? {
        for (word, next) in zip(words, words.dropFirst()) where word == "version" {
            if let number = number(next) { return number }
        }
        return nil
    }

    /// `v2`, `v.2.1`
    private static func number(abbreviated word: Substring) -> String? {
        guard word.first == "v" else { return nil }
        return number(word.dropFirst().drop(while: { $0 == "." }))
    }

    private static func number(_ word: Substring) -> String? {
        var number = word.prefix(while: { $0.isASCII && ($0.isNumber || $0 == ".") })
        while number.last == "." { number.removeLast() }
        guard number.first?.isNumber == true else { return nil }
        return number.hasSuffix(".0") ? String(number.dropLast(2)) : String(number)
    }
}
