/// What one schema within a ``ValueSchema`` asks for.
///
/// Other rules are named by their numbers. What is `nil` or empty asks for nothing.
struct SchemaRule: Sendable {
    /// The schema is `false`.
    var refusesAll = false
    var types: ValueTypes?
    var choices: [ChoiceRule] = []
    var numbers: NumberRule?
    var texts: TextRule?
    var items: ItemRule?
    var members: MemberRule?
    var applications: [Application] = []

    /// Whether a check of it looks neither into the value nor at other rules.
    var isFlat: Bool { items == nil && members == nil && applications.isEmpty }

    /// Another rule for the same value.
    enum Application: Sendable {
        case reference(Int)
        case all([Int])
        case any([Int])
        case one([Int])
        case not(Int)
        case conditional(Int, then: Int?, otherwise: Int?)
        /// For objects that have that member.
        case dependent(String, Int)

        /// The rules that it names.
        var rules: [Int] {
            switch self {
            case .reference(let rule), .not(let rule), .dependent(_, let rule): [rule]
            case .all(let rules), .any(let rules), .one(let rules): rules
            case .conditional(let condition, let then, let otherwise):
                [condition] + [then, otherwise].compactMap(\.self)
            }
        }
    }
}

/// The values that `enum` or `const` allow.
struct ChoiceRule: Sendable {
    let values: [JSON]
    /// Arrays and objects are compared one by one, at a price; the others are looked up.
    let scalars: Set<JSON>
    let containers: [JSON]

    init(_ values: [JSON]) {
        self.values = values
        var scalars: Set<JSON> = []
        var containers: [JSON] = []
        for value in values {
            switch value {
            case .array, .object: containers.append(value)
            default: scalars.insert(value)
            }
        }
        self.scalars = scalars
        self.containers = containers
    }
}

/// What numbers have to be.
struct NumberRule: Sendable {
    var minimum: JSON?
    var maximum: JSON?
    var exclusiveMinimum: JSON?
    var exclusiveMaximum: JSON?
    var divisor: (text: JSON, number: ExactNumber)?
}

/// What texts have to be.
struct TextRule: Sendable {
    var minimum = 0
    var maximum: Int?
    var pattern: Pattern?
    var format: TextFormat?
}

/// What the items of arrays have to be.
struct ItemRule: Sendable {
    var minimum = 0
    var maximum: Int?
    var areUnique = false
    var first: [Int] = []
    var rest: Int?
    var contains: Int?
    var minimumContained = 1
    var maximumContained: Int?

    /// The rule for the item at an index, if there is one.
    func rule(forItem index: Int) -> Int? { index < first.count ? first[index] : rest }
}

/// What the members of objects have to be.
struct MemberRule: Sendable {
    var minimum = 0
    var maximum: Int?
    /// In the order of keys.
    var required: [String] = []
    var dependent: [(key: String, required: [String])] = []
    var named: [String: Int] = [:]
    /// Of the named ones those whose rules are flat: they often tell variants apart.
    var flat: [(key: String, rule: Int)] = []
    var patterns: [(pattern: Pattern, rule: Int)] = []
    var others: Int?
    var names: Int?

    /// Whether members have to be looked at one by one.
    var looksAtEach: Bool {
        !named.isEmpty || !patterns.isEmpty || others != nil || names != nil
    }
}
