/// The keywords that apply other schemas to the same value.
extension SchemaCompiler {
    mutating func readApplications(_ keywords: Keywords, into rule: inout SchemaRule) {
        // In one document without names of its parts, a dynamic reference is a plain one.
        for name in ["$ref", "$dynamicRef"] {
            guard let text = text(name, keywords) else { continue }
            let application = reference(text, name, keywords, rule.applications.count)
            if let application { rule.applications.append(application) }
        }
        if let rules = schemas(listed: "allOf", keywords) { rule.applications.append(.all(rules)) }
        if let rules = schemas(listed: "anyOf", keywords) { rule.applications.append(.any(rules)) }
        if let rules = schemas(listed: "oneOf", keywords) { rule.applications.append(.one(rules)) }
        if let other = schema("not", keywords) { rule.applications.append(.not(other)) }
        let condition = schema("if", keywords)
        let then = schema("then", keywords)
        let otherwise = schema("else", keywords)
        if let condition, then != nil || otherwise != nil {
            rule.applications.append(.conditional(condition, then: then, otherwise: otherwise))
        }
        for (key, other) in schemas(named: "dependentSchemas", keywords) {
            rule.applications.append(.dependent(key, other))
        }
    }

    private mutating func reference(
        _ text: String,
        _ name: String,
        _ keywords: Keywords,
        _ application: Int
    ) -> SchemaRule.Application? {
        guard let fragment = ownFragment(of: text) else {
            report(
                keywords.location,
                name,
                "\(text.excerpt) is another document",
                hint: "copy what it names to \"$defs\" and refer to \"#/$defs/name\""
            )
            return nil
        }
        guard fragment.isEmpty || fragment.hasPrefix("/") else {
            refer(to: fragment, from: keywords.rule, application)
            return .reference(0)  // Until the anchors are known.
        }
        var location = 0
        for step in fragment.split(separator: "/", omittingEmptySubsequences: false).dropFirst() {
            let key = step.replacing("~1", with: "/").replacing("~0", with: "~")
            guard let part = part(String(key), of: location) else {
                report(keywords.location, name, "there is nothing at \(text.excerpt)")
                return nil
            }
            location = part
        }
        return .reference(rule(at: location))
    }

    /// What is after the number sign of a reference to this document, or `nil` for another one.
    private func ownFragment(of text: String) -> String? {
        let end = text.firstIndex(of: "#") ?? text.endIndex
        guard end == text.startIndex || text[..<end] == name?.prefix(while: { $0 != "#" })
        else { return nil }
        return Self.decoded(text[end...].dropFirst())
    }

    /// Replaces `%41` by `A`; `nil` if the bytes are no text.
    private static func decoded(_ text: Substring) -> String? {
        guard text.utf8.contains(UInt8(ascii: "%")) else { return String(text) }
        var bytes: [UInt8] = []
        var rest = text.utf8[...]
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "%") else {
                bytes.append(byte)
                continue
            }
            guard rest.count >= 2, let code = UInt8(String(Substring(rest.prefix(2))), radix: 16)
            else { return nil }
            bytes.append(code)
            rest.removeFirst(2)
        }
        return String(validating: bytes, as: UTF8.self)
    }
}
