/// What a `License` field says: `GPL-2+ or Artistic, and BSD-3-clause`.
///
/// `and` binds stronger than `or`, and a comma weaker than both.
struct LicenceExpression {
    /// What applies, all of it: alternatives, each of them names of licences that apply together.
    private let terms: [[[String]]]

    init(_ text: String) {
        let words = text.split(whereSeparator: \.isWhitespace).map(String.init)
        var terms: [[[String]]] = []
        var term: [[String]] = [[]]
        var name: [String] = []
        func endName() {
            if !name.isEmpty { term[term.count - 1].append(name.joined(separator: " ")) }
            name = []
        }
        func endTerm() {
            endName()
            term.removeAll(where: \.isEmpty)
            if !term.isEmpty { terms.append(term) }
            term = [[]]
        }
        for word in words {
            switch word.lowercased() {
            case "and": endName()
            case "or", "and/or":
                endName()
                term.append([])
            case _ where word.hasSuffix(","):
                name.append(String(word.dropLast()))
                endTerm()
            default: name.append(word)
            }
        }
        endTerm()
        self.terms = terms
    }

    /// The short names in it, as they are spelled.
    var names: [String] { terms.flatMap { $0.flatMap(\.self) } }

    /// What it asks of someone who chooses the alternative that asks least.
    func licenceClass(_ classOf: (String) -> LicenceClass) -> LicenceClass {
        terms.map { alternatives in
            alternatives.map { $0.map(classOf).max() ?? .unknown }.min() ?? .unknown
        }
        .max() ?? .unknown
    }
}
