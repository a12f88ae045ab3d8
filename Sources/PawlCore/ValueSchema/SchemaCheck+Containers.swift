extension SchemaCheck {
    mutating func check(_ items: [JSON], _ number: Int) {
        checkList(items, number)
        for (index, item) in items.enumerated() {
            guard !isDone, let part = rules[number].items?.rule(forItem: index) else { return }
            apply(part, to: item, at: .item(index))
        }
    }

    private mutating func checkList(_ items: [JSON], _ number: Int) {
        guard let rule = rules[number].items else { return }
        check(items.count, "item", rule.minimum, rule.maximum)
        if rule.areUnique { checkUnique(items) }
        guard let contained = rule.contains else { return }
        let count = count(contained, in: items, rule)
        let nouns = count == 1 ? "item" : "items"
        if count < rule.minimumContained {
            fail("has \(count) \(nouns) of a kind of which it needs \(rule.minimumContained)")
        }
        if let maximum = rule.maximumContained, count > maximum {
            fail("has \(count) \(nouns) of a kind of which \(maximum) are allowed")
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

    /// How many items fit a rule; no more are counted than have to be.
    private mutating func count(_ number: Int, in items: [JSON], _ rule: ItemRule) -> Int {
        var count = 0
        for item in items where !isDone {
            guard rule.maximumContained != nil || count < rule.minimumContained else { break }
            if fits(number, item) { count += 1 }
        }
        return count
    }
}

extension SchemaCheck {
    mutating func check(_ members: [String: JSON], _ number: Int) {
        guard checkObject(members, number) else { return }
        for key in members.keys.sorted() {
            for part in parts(forKey: key, number) {
                guard !isDone, let value = members[key] else { return }
                apply(part, to: value, at: .member(key))
            }
        }
    }

    /// Checks what is about the whole object; `false` if nothing is asked of its members.
    private mutating func checkObject(_ members: [String: JSON], _ number: Int) -> Bool {
        guard let rule = rules[number].members else { return false }
        for key in rule.required where members[key] == nil {
            fail("has no member \(key.excerpt)")
        }
        check(members.count, "member", rule.minimum, rule.maximum)
        for (key, required) in rule.dependent where members[key] != nil {
            for other in required where members[other] == nil {
                fail("has a member \(key.excerpt) and no member \(other.excerpt)")
            }
        }
        guard isSilent else { return rule.looksAtEach }
        // Variants are told apart before anything is checked that takes longer.
        for (key, number) in rule.flat where !isDone {
            if let value = members[key] { apply(number, to: value) }
        }
        return rule.looksAtEach
    }

    /// The rules for the member of a key, whose name is checked.
    private mutating func parts(forKey key: String, _ number: Int) -> [Int] {
        guard !isDone, spend(bytes: key.utf8.count), let rule = rules[number].members else {
            return []
        }
        if let names = rule.names, !fits(names, .string(key)) {
            fail("has a member \(key.excerpt), a name that is not allowed")
        }
        var parts = rule.named[key].map { [$0] } ?? []
        for (pattern, part) in rule.patterns where matches(pattern, key) { parts.append(part) }
        if parts.isEmpty, let others = rule.others { parts.append(others) }
        return parts
    }
}
