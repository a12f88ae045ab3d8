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

    private static let allowsLater = ["any later version", "or later", "any newer version"]

    private static func isGrant(_ before: String, _ after: String) -> Bool {
        // That of Python tells the story of its licences.
        if before.contains("previously") { return false }
        for word in ["under ", "terms of", "covered by", "license is", "subject to"]
        where before.contains(word) {
            return true
        }
        return after.contains(" preamble")  // The licence itself.
    }

    /// `-2+` and the like: what stands beside the name says which version, and whether later ones.
    private static func version(_ before: String, _ after: String) -> String {
        // As far as "as published by the Free Software Foundation; either version 2" reaches.
        let following = words(of: after).prefix(12)
        var number = following.first.flatMap { self.number(abbreviated: $0) }
        for (word, next) in zip(following, following.dropFirst()) where word == "version" {
            number = number ?? self.number(next)
        }
        // "version 2 of the"
        let preceding = words(of: before).suffix(4)
        if number == nil, preceding.first == "version", preceding.last == "the" {
            number = preceding.dropFirst().first.flatMap { self.number($0) }
        }
        guard let number else { return "" }
        return "-\(number)" + (Self.allowsLater.contains(where: after.contains) ? "+" : "")
    }

    private static func words(of text: String) -> [Substring] {
        text.split(whereSeparator: { " ,;()".contains($0) })
    }

    /// The 2 of `v2` and of `v.2`.
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
