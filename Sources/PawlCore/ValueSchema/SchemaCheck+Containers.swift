extension SchemaCheck {
    mutating func check(_ items: [JSON], _ rule: ItemRule) {
        check(items.count, "item", rule.minimum, rule.maximum)
        if rule.areUnique { checkUnique(items) }
        if let contained = rule.contains { check(items, contain: contained, rule) }
        for (index, number) in zip(items.indices, rule.first) where !isDone {
            apply(number, to: items[index], at: .item(index))
        }
        guard let rest = rule.rest else { return }
        for index in items.indices.dropFirst(rule.first.count) {
            guard !isDone else { return }
            apply(rest, to: items[index], at: .item(index))
        }
    }

    private mutating func checkUnique(_ items: [JSON]) {
        var seen: [JSON: Int] = [:]
        for (index, item) in items.enumerated() {
            guard weigh(item) else { return }
            if let first = seen.updateValue(index, forKey: item) {
                return fail("has the same item at [\(first)] and [\(index)]")
            }
        }
    }

    private mutating func check(_ items: [JSON], contain number: Int, _ rule: ItemRule) {
        var count = 0
        for item in items {
            guard rule.maximumContained != nil || count < rule.minimumContained else { break }
            if fits(number, item) { count += 1 }
            if isDone { return }
        }
        let nouns = count == 1 ? "item" : "items"
        if count < rule.minimumContained {
            fail("has \(count) \(nouns) of a kind of which it needs \(rule.minimumContained)")
        }
        if let maximum = rule.maximumContained, count > maximum {
            fail("has \(count) \(nouns) of a kind of which \(maximum) are allowed")
        }
    }

    mutating func check(_ members: [String: JSON], _ rule: MemberRule) {
        for key in rule.required where members[key] == nil {
            fail("has no member \(key.excerpt)")
        }
        check(members.count, "member", rule.minimum, rule.maximum)
        for (key, required) in rule.dependent where members[key] != nil {
            for other in required where members[other] == nil {
                fail("has a member \(key.excerpt) and no member \(other.excerpt)")
            }
        }
        if isSilent {
            // Variants are told apart before anything is checked that takes longer.
            for (key, number) in rule.flat {
                guard !isDone, spend() else { return }
                if let value = members[key] { apply(number, to: value) }
            }
        }
        guard rule.looksAtEach else { return }
        for key in members.keys.sorted() {
            guard !isDone, spend(bytes: key.utf8.count), let value = members[key] else { return }
            check(key, value, rule)
        }
    }

    private mutating func check(_ key: String, _ value: JSON, _ rule: MemberRule) {
        if let names = rule.names, !fits(names, .string(key)) {
            fail("has a member \(key.excerpt), a name that is not allowed")
        }
        var isKnown = false
        if let number = rule.named[key] {
            isKnown = true
            apply(number, to: value, at: .member(key))
        }
        for (pattern, number) in rule.patterns where matches(pattern, key) {
            isKnown = true
            apply(number, to: value, at: .member(key))
        }
        if !isKnown, let others = rule.others { apply(others, to: value, at: .member(key)) }
    }
}
