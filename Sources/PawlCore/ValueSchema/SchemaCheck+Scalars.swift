extension SchemaCheck {
    mutating func check(_ number: JSON, _ rule: NumberRule) {
        if let bound = rule.minimum, JSON.isNumber(number, lessThan: bound) {
            fail("is \(number), less than the minimum \(bound)")
        }
        if let bound = rule.maximum, JSON.isNumber(bound, lessThan: number) {
            fail("is \(number), more than the maximum \(bound)")
        }
        if let bound = rule.exclusiveMinimum, !JSON.isNumber(bound, lessThan: number) {
            fail("is \(number), not more than \(bound)")
        }
        if let bound = rule.exclusiveMaximum, !JSON.isNumber(number, lessThan: bound) {
            fail("is \(number), not less than \(bound)")
        }
        if let divisor = rule.divisor,
            ExactNumber(number)?.isMultiple(of: divisor.number) != true
        {
            fail("is \(number), not a multiple of \(divisor.text)")
        }
    }

    mutating func check(_ text: String, _ rule: TextRule) {
        guard spend(bytes: text.utf8.count) else { return }
        if rule.minimum > 0 || rule.maximum != nil {
            let length = text.unicodeScalars.count
            check(length, "character", rule.minimum, rule.maximum)
        }
        if let pattern = rule.pattern, !matches(pattern, text) {
            fail("is \(text.excerpt), which does not match \(pattern.text.excerpt)")
        }
        if let format = rule.format, !format.matches(text) {
            fail("is \(text.excerpt), not \(format.words)")
        }
    }

    /// Whether a text matches; the work grows with both.
    mutating func matches(_ pattern: Pattern, _ text: String) -> Bool {
        // Half the states at each scalar are as much as few patterns need.
        spend(bytes: text.utf8.count * pattern.program.count / 2) && pattern.matches(text)
    }

    /// Checks how many of something there are.
    mutating func check(_ count: Int, _ noun: String, _ minimum: Int, _ maximum: Int?) {
        let nouns = count == 1 ? noun : noun + "s"
        if count < minimum { fail("has \(count) \(nouns), fewer than \(minimum)") }
        if let maximum, count > maximum { fail("has \(count) \(nouns), more than \(maximum)") }
    }
}
