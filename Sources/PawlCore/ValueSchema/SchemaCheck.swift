/// One check of a value against the rules of a schema.
///
/// It either tells what does not fit, or, while it is silent, only whether something does not.
struct SchemaCheck {
    /// How many rules may be at work within one another: each costs stack.
    private static let maximumDepth = 256
    /// How much may be done: a rule costs one, and so do 32 bytes that are compared.
    ///
    /// A value of a mebibyte has half a million parts at most, so that eight rules may look at each.
    private static let maximumWork = 4_000_000

    private static let tooDeep =
        "or what its schema says of it is nested too deeply to be checked"

    let rules: [SchemaRule]
    private let root: String
    private var limit: Int
    private var found: [Violation] = []
    private var failures = 0
    private var path: [ValueStep] = []
    private var depth = 0
    private var work = 0
    /// Why the check was given up.
    private var surrender: String?
    /// How deep in the value the last failure was.
    private var depthOfFailure = 0

    /// Whether violations are only counted.
    private(set) var isSilent = false

    init(_ rules: [SchemaRule], root: String, limit: Int) {
        self.rules = rules
        self.root = root
        self.limit = limit
    }

    /// Checks the whole value.
    mutating func violations(in value: JSON) -> [Violation] {
        apply(0, to: value)
        if let surrender { found.append(Violation(at: root, surrender)) }
        return found
    }

    /// Whether more need not be checked: as much was found as is asked for, or it is too much work.
    var isDone: Bool { failures >= limit || surrender != nil }

    /// Checks a value against a rule.
    ///
    /// What goes deeper is apart from what does not, here and below, to keep the stack small.
    mutating func apply(_ number: Int, to value: JSON) {
        guard depth < Self.maximumDepth else {
            surrender = Self.tooDeep
            return
        }
        guard spend() else { return }
        depth += 1
        if check(value, itself: number) {
            switch value {
            case .array(let items): check(items, number)
            case .object(let members): check(members, number)
            default: break
            }
            for application in rules[number].applications where !isDone {
                apply(application, to: value)
            }
        }
        depth -= 1
    }

    /// Checks what is not about parts of the value; `false` if the rest would say the same again.
    private mutating func check(_ value: JSON, itself number: Int) -> Bool {
        let rule = rules[number]
        if rule.refusesAll { fail("is not allowed") }
        if let types = rule.types, !types.contains(ValueTypes(of: value)) {
            fail("is \(value.excerpt), not \(types.words)")
            return false
        }
        for choice in rule.choices { check(value, isOneOf: choice) }
        switch value {
        case .integer, .number: if let numbers = rule.numbers { check(value, numbers) }
        case .string(let text): if let texts = rule.texts { check(text, texts) }
        default: break
        }
        return true
    }

    /// Checks a part of the value at hand.
    mutating func apply(_ number: Int, to value: JSON, at step: ValueStep) {
        path.append(step)
        apply(number, to: value)
        path.removeLast()
    }

    /// Whether a value fits a rule; nothing is recorded.
    mutating func fits(_ number: Int, _ value: JSON) -> Bool {
        let before = (failures, limit, isSilent)
        (failures, limit, isSilent) = (0, 1, true)
        apply(number, to: value)
        let fits = failures == 0 && surrender == nil
        (failures, limit, isSilent) = before
        return fits
    }

    /// The first violation of a rule that a value does not fit, and how deep in the value it is.
    mutating func explanation(_ number: Int, _ value: JSON) -> (violation: Violation, depth: Int)? {
        let before = (failures, limit, found)
        (failures, limit, found) = (0, 1, [])
        apply(number, to: value)
        let first = found.first
        (failures, limit, found) = before
        return first.map { ($0, depthOfFailure) }
    }

    /// Records that the value at hand does not fit.
    mutating func fail(_ message: @autoclosure () -> String) {
        guard !isDone else { return }
        failures += 1
        guard !isSilent else { return }
        depthOfFailure = path.count
        found.append(Violation(at: ValueStep.place(path, from: root), message()))
    }

    /// Counts work; `false` if it becomes too much.
    mutating func spend(bytes: Int = 0) -> Bool {
        work += 1 + bytes / 32
        if work > Self.maximumWork {
            surrender = "takes more work to check against its schema than is allowed"
        }
        return surrender == nil
    }
}

extension SchemaCheck {
    private mutating func apply(_ application: SchemaRule.Application, to value: JSON) {
        switch application {
        case .reference(let rule): apply(rule, to: value)
        case .all(let rules):
            for rule in rules where !isDone { apply(rule, to: value) }
        case .any(let rules):
            for rule in rules where fits(rule, value) { return }
            failAll(rules, value)
        case .one(let rules): check(value, fitsOneOf: rules)
        case .not(let rule):
            if fits(rule, value) { fail("is what the schema rules out with \"not\"") }
        case .conditional(let condition, let then, let otherwise):
            if let rule = fits(condition, value) ? then : otherwise { apply(rule, to: value) }
        case .dependent(let key, let rule):
            if value[key] != nil { apply(rule, to: value) }
        }
    }

    private mutating func check(_ value: JSON, fitsOneOf rules: [Int]) {
        let fitting = count(rules, fitting: value)
        if fitting == 0 {
            failAll(rules, value)
        } else if fitting > 1 {
            fail("fits \(fitting) of the \(rules.count) alternatives, not exactly one")
        }
    }

    /// How many rules a value fits; two, if it is two or more and the number will not be told.
    private mutating func count(_ rules: [Int], fitting value: JSON) -> Int {
        var count = 0
        for rule in rules where fits(rule, value) {
            count += 1
            if isSilent, count > 1 { break }
        }
        return count
    }

    /// Records that none of the rules fits, and what is wrong with the one that gets furthest.
    private mutating func failAll(_ rules: [Int], _ value: JSON) {
        guard !isSilent, !isDone, surrender == nil else { return fail("") }
        if rules.count == 1 { return apply(rules[0], to: value) }
        var nearest: (violation: Violation, depth: Int)?
        for rule in rules {
            guard let candidate = explanation(rule, value) else { continue }
            if candidate.depth > nearest?.depth ?? -1 { nearest = candidate }
        }
        let reason = nearest.map { ": \($0.violation)" } ?? ""
        fail("fits none of the \(rules.count) alternatives\(reason)")
    }

    private mutating func check(_ value: JSON, isOneOf choice: ChoiceRule) {
        let isAllowed: Bool
        switch value {
        case .array, .object:
            isAllowed = choice.containers.contains { weigh($0) && $0 == value }
        case .string(let text):
            isAllowed = spend(bytes: text.utf8.count) && choice.scalars.contains(value)
        default:
            isAllowed = choice.scalars.contains(value)
        }
        guard !isAllowed else { return }
        fail(
            choice.values.count == 1
                ? "is \(value.excerpt), not \(choice.values[0].excerpt)"
                : "is \(value.excerpt), not one of \(Self.list(choice.values))"
        )
    }

    private static func list(_ values: [JSON]) -> String {
        values.prefix(10).map(\.excerpt).joined(separator: ", ") + (values.count > 10 ? ", …" : "")
    }

    /// Counts the work of comparing or hashing a value; `false` if it is too much.
    mutating func weigh(_ value: JSON) -> Bool {
        depth += 1
        defer { depth -= 1 }
        guard depth <= Self.maximumDepth else {
            surrender = Self.tooDeep
            return false
        }
        switch value {
        case .string(let text): return spend(bytes: text.utf8.count)
        case .array(let items): return spend() && items.allSatisfy { weigh($0) }
        case .object(let members):
            return spend()
                && members.allSatisfy { spend(bytes: $0.key.utf8.count) && weigh($0.value) }
        default: return spend()
        }
    }
}
