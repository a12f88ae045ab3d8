/// Turns the text of a schema into rules.
///
/// Schemas wait in a queue instead of on the stack, so that none is nested too deeply; and each
/// place of the document is compiled once, however often it is referred to.
struct SchemaCompiler {
    /// How many problems are told: who has more has another kind of document.
    private static let maximumProblems = 100

    private(set) var rules: [SchemaRule] = []
    private(set) var problems: [Problem] = []
    /// The name that the document has for itself.
    let name: String?

    private let root: String
    private var locations: [Location]
    private var parts: [PartKey: Int] = [:]
    /// The location of each rule.
    private var origins: [Int] = []
    private var anchors: [String: Int] = [:]
    private var anchorReferences: [(rule: Int, application: Int, anchor: String)] = []
    private var isTooLarge = false

    /// A place in the document that was reached.
    private struct Location {
        let parent: Int?
        let step: ValueStep
        let json: JSON
        var rule: Int?
    }

    private struct PartKey: Hashable {
        let whole: Int
        let step: String
    }

    init(_ json: JSON, at place: String) {
        root = place
        name = json["$id"]?.stringValue
        locations = [Location(parent: nil, step: .member(""), json: json)]
    }

    /// Compiles the document, or finds its problems.
    mutating func compile() {
        _ = rule(at: 0)
        var next = 0
        while next < rules.count {
            let location = origins[next]
            switch locations[location].json {
            case .bool(let accepts): rules[next].refusesAll = !accepts
            case .object(let members):
                rules[next] = read(Keywords(members, of: next, at: location))
            default: report(location, nil, "a schema is an object, true or false")
            }
            next += 1
        }
        resolveAnchors()
        guard problems.isEmpty else { return }
        refuseCircles()
        for index in rules.indices {
            guard let named = rules[index].members?.named else { continue }
            let flat = named.filter { rules[$0.value].isFlat }.sorted { $0.key < $1.key }
            rules[index].members?.flat = flat.map { ($0.key, $0.value) }
        }
    }

    /// The number of the rule for a location; what is new waits to be compiled.
    mutating func rule(at location: Int) -> Int {
        if let rule = locations[location].rule { return rule }
        guard rules.count < ValueSchema.maximumSchemas else {
            if !isTooLarge {
                report(0, nil, "there are more than \(ValueSchema.maximumSchemas) schemas in it")
            }
            isTooLarge = true
            return 0
        }
        locations[location].rule = rules.count
        rules.append(SchemaRule())
        origins.append(location)
        return rules.count - 1
    }

    /// The location of a member or item, or `nil` if there is none.
    mutating func part(_ step: String, of whole: Int) -> Int? {
        let key = PartKey(whole: whole, step: step)
        if let known = parts[key] { return known }
        let found: (ValueStep, JSON)? =
            switch locations[whole].json {
            case .object(let members): members[step].map { (.member(step), $0) }
            case .array(let items):
                Int(step).flatMap { index in
                    items.indices.contains(index) && String(index) == step
                        ? (.item(index), items[index]) : nil
                }
            default: nil
            }
        guard let (step, json) = found else { return nil }
        locations.append(Location(parent: whole, step: step, json: json))
        parts[key] = locations.count - 1
        return locations.count - 1
    }

    /// Records a problem of a location, or of a keyword there.
    mutating func report(
        _ location: Int,
        _ keyword: String?,
        _ message: String,
        hint: String? = nil
    ) {
        guard problems.count < Self.maximumProblems else { return }
        var steps: [ValueStep] = keyword.map { [.member($0)] } ?? []
        var place = location
        while let parent = locations[place].parent {
            steps.append(locations[place].step)
            place = parent
        }
        problems.append(
            Problem(
                at: ValueStep.place(steps.reversed(), from: root),
                .malformed,
                message,
                hint: hint
            )
        )
    }
}

extension SchemaCompiler {
    /// Records the name of a location.
    mutating func define(anchor: String, at location: Int) {
        guard anchors[anchor] == nil else {
            report(location, "$anchor", "the anchor \(anchor.excerpt) is defined twice")
            return
        }
        anchors[anchor] = rule(at: location)
    }

    /// Records that an application of a rule names an anchor, which may come later.
    mutating func refer(to anchor: String, from rule: Int, _ application: Int) {
        anchorReferences.append((rule, application, anchor))
    }

    private mutating func resolveAnchors() {
        for (rule, application, anchor) in anchorReferences {
            if let target = anchors[anchor] {
                rules[rule].applications[application] = .reference(target)
            } else {
                report(origins[rule], "$ref", "there is no anchor \(anchor.excerpt)")
            }
        }
    }

    /// Refuses rules that lead back to themselves for the same value: a check would never end.
    private mutating func refuseCircles() {
        let edges = rules.map { $0.applications.flatMap(\.rules) }
        var reversed = [[Int]](repeating: [], count: edges.count)
        for (rule, targets) in edges.enumerated() {
            for target in targets { reversed[target].append(rule) }
        }
        let circle = Self.reachedFromCircles(edges).intersection(Self.reachedFromCircles(reversed))
        for rule in circle.sorted() {
            for case .reference(let target) in rules[rule].applications
            where circle.contains(target) {
                report(
                    origins[rule],
                    "$ref",
                    "the schema refers to itself for the same value",
                    hint: "refer to it from \"properties\" or \"items\""
                )
            }
        }
    }

    /// What is left when rules that no other one leads to are taken away again and again.
    private static func reachedFromCircles(_ edges: [[Int]]) -> Set<Int> {
        var incoming = [Int](repeating: 0, count: edges.count)
        for target in edges.joined() { incoming[target] += 1 }
        var free = edges.indices.filter { incoming[$0] == 0 }
        var left = Set(edges.indices)
        while let rule = free.popLast() {
            left.remove(rule)
            for target in edges[rule] {
                incoming[target] -= 1
                if incoming[target] == 0 { free.append(target) }
            }
        }
        return left
    }
}
