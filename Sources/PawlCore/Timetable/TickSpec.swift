/// When something is due, as one text says it: a cron spec, an interval or a list of instants.
///
/// - Five fields of cron, six with seconds first, or `@hourly` and the like: see ``Cron``.
/// - `@every 90s`, `@every 1h30m from 2026-01-01T00:00:00Z`: see ``Interval``.
/// - `@at 2026-05-01T08:00`, several separated by commas: see ``Occasions``.
package struct TickSpec: Hashable, Sendable, CustomStringConvertible {
    /// The longest spec that is read, in bytes.
    package static let maximumLength = 256

    /// What kind of spec it is.
    enum Kind: Hashable, Sendable {
        case cron(Cron)
        case every(Interval)
        case at(Occasions)
    }

    /// The spec as it was written.
    package let text: String
    let kind: Kind

    /// Reads a spec.
    ///
    /// The work is bounded by the length of the text, whatever numbers are in it.
    package init(parsing text: String) throws(SpecError) {
        guard text.utf8.count <= Self.maximumLength else {
            throw SpecError(
                field: nil,
                offset: Self.maximumLength,
                message: "the text is longer than \(Self.maximumLength) bytes",
                hint: "split it into several specs"
            )
        }
        var scanner = SpecScanner(text)
        scanner.skipSpace()
        self.text = text
        guard scanner.next == UInt8(ascii: "@") else {
            var parser = CronParser(scanner)
            kind = .cron(try parser.cron())
            return
        }
        let start = scanner.position
        let word = scanner.takeWhile { $0 > UInt8(ascii: " ") }.lowercased()
        switch word {
        case "@every":
            kind = .every(try Interval(scanning: &scanner))
        case "@at":
            kind = .at(try Occasions(scanning: &scanner))
        default:
            scanner.skipSpace()
            guard scanner.next == nil, let spec = Self.abbreviations[word] else {
                let allowed = Self.abbreviations.keys.sorted() + ["@every", "@at"]
                throw SpecError(
                    field: nil,
                    offset: start,
                    message: "unknown abbreviation",
                    hint: "allowed: " + allowed.joined(separator: ", ")
                )
            }
            var parser = CronParser(SpecScanner(spec))
            kind = .cron(try parser.cron())
        }
    }

    /// The spec as it was written.
    package var description: String { text }

    private static let abbreviations = [
        "@yearly": "0 0 1 1 *",
        "@annually": "0 0 1 1 *",
        "@monthly": "0 0 1 * *",
        "@weekly": "0 0 * * 0",
        "@daily": "0 0 * * *",
        "@midnight": "0 0 * * *",
        "@hourly": "0 * * * *",
    ]
}
