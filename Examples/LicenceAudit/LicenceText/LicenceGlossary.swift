/// What the short names in one machine-readable file stand for.
struct LicenceGlossary {
    /// Whether a name was asked for that says nothing without its text.
    private(set) var needsTexts = false

    /// By name, in lower case, the texts that go with it in the file.
    private var texts: [String: [UInt8]] = [:]
    private var known: [String: Licence] = [:]

    init(_ paragraphs: [CopyrightParagraph]) {
        for field in paragraphs.compactMap(\.licence) where !field.text.isEmpty {
            let names = LicenceExpression(field.synopsis).names
            for name in Set(names.map { $0.lowercased() }) {
                texts[name, default: []] += field.text
            }
        }
    }

    /// The licence of that name; its class is unknown if neither name nor text tell.
    mutating func licence(_ name: String) -> Licence {
        if let licence = known[name] { return licence }
        let licence: Licence
        if let standard = Licence(shortName: name) {
            licence = standard
        } else {
            needsTexts = true
            let found = KnownText.licences(in: PlainText(texts[name.lowercased()] ?? []))
            licence = Licence(name, found.map(\.licenceClass).max() ?? .unknown)
        }
        known[name] = licence
        return licence
    }

    /// The licences of a text that goes with no name.
    mutating func licences(inText text: [UInt8]) -> [Licence] {
        needsTexts = true
        let found = KnownText.licences(in: PlainText(text))
        return found.isEmpty ? [Licence("unnamed", .unknown)] : found
    }
}
