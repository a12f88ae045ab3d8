/// What a copyright file says about the licences of a package.
public struct LicenceFinding: Codable, Hashable, Sendable {
    /// How the licences were found.
    public enum Source: String, Codable, Sendable {
        /// By the names in the fields of a machine-readable file.
        case fields
        /// By the fields of a machine-readable file, and for a name that says nothing by its text.
        case fieldsAndTexts = "fields and texts"
        /// By the texts, or grants, in a file for people.
        case texts
        /// By references to `/usr/share/common-licenses` in a file for people.
        case references
        /// Not at all.
        case nothing
    }

    /// The names of the licences, sorted.
    public let licences: [String]
    /// What they ask together.
    public let licenceClass: LicenceClass
    /// How they were found.
    public let source: Source
    /// Names whose meaning could not be found out: the reason why the class is unknown.
    public let unclear: [String]

    private enum CodingKeys: String, CodingKey {
        case licences, source, unclear
        case licenceClass = "class"
    }

    /// Reads a Debian copyright file.
    ///
    /// A file in the machine-readable format is read by its fields; what they say about `debian/`
    /// is left out, because nothing of that is installed. In any other file known texts are looked
    /// for, and references to the licences that every Debian system has.
    public init(file: [UInt8]) {
        if let paragraphs = CopyrightParagraph.paragraphs(of: file) {
            self.init(paragraphs)
        } else {
            self.init(text: PlainText(file))
        }
    }

    private init(
        _ licences: some Sequence<Licence>,
        _ licenceClass: LicenceClass,
        _ source: Source,
        unclear: some Sequence<String> = []
    ) {
        self.licences = Set(licences.map(\.name)).sorted()
        self.licenceClass = licenceClass
        self.source = source
        self.unclear = Set(unclear).sorted()
    }

    private init(text: PlainText) {
        let granted = KnownText.licences(in: text)
        // A reference adds nothing to a grant, which says more: whether later versions are allowed.
        let referred = CommonLicence.licences(in: text).filter { referred in
            !granted.contains { $0.family == referred.family }
        }
        let found = granted + referred
        let all = found.filter { licence in
            // `GPL` adds nothing to `GPL-2+` either.
            licence.name != licence.family
                || !found.contains { $0.family == licence.family && $0.name != licence.name }
        }
        let source: Source = granted.isEmpty ? all.isEmpty ? .nothing : .references : .texts
        self.init(all, all.map(\.licenceClass).max() ?? .unknown, source)
    }

    private init(_ paragraphs: [CopyrightParagraph]) {
        var glossary = LicenceGlossary(paragraphs)
        var counted = paragraphs.filter { $0.fields["files"] != nil && !$0.isAboutPackaging }
        if counted.isEmpty { counted = paragraphs }
        var licences: [Licence] = []
        for field in counted.compactMap(\.licence) {
            let expression = LicenceExpression(field.synopsis)
            if expression.names.isEmpty {
                licences += glossary.licences(inText: field.text)
            }
            let licenceClass = expression.licenceClass { glossary.licence($0).licenceClass }
            // An unclear alternative is nobody's trouble: another one can be chosen.
            licences += expression.names.map { name in
                let licence = glossary.licence(name)
                return licence.licenceClass == .unknown && licenceClass != .unknown
                    ? Licence(licence.name, licenceClass) : licence
            }
        }
        self.init(
            licences,
            licences.map(\.licenceClass).max() ?? .unknown,
            glossary.needsTexts ? .fieldsAndTexts : .fields,
            unclear: licences.filter { $0.licenceClass == .unknown }.map(\.name)
        )
    }
}
