/// The keywords of one schema, and where it is.
struct Keywords {
    let members: [String: JSON]
    let rule: Int
    let location: Int

    init(_ members: [String: JSON], of rule: Int, at location: Int) {
        self.members = members
        self.rule = rule
        self.location = location
    }

    subscript(name: String) -> JSON? { members[name] }

    func hasAny(of names: String...) -> Bool { names.contains { members[$0] != nil } }
}

extension SchemaCompiler {
    /// Reads the keywords of a schema.
    mutating func read(_ keywords: Keywords) -> SchemaRule {
        var rule = SchemaRule()
        refuseForeign(keywords)
        readNames(keywords)
        rule.types = types(keywords)
        if let values = list("enum", keywords) { rule.choices.append(ChoiceRule(values)) }
        if let value = keywords["const"] { rule.choices.append(ChoiceRule([value])) }
        rule.numbers = numbers(keywords)
        rule.texts = texts(keywords)
        rule.items = items(keywords)
        rule.members = members(keywords)
        readApplications(keywords, into: &rule)
        return rule
    }

    /// What would make a schema mean something else than it does here.
    private mutating func refuseForeign(_ keywords: Keywords) {
        for (name, instead) in [
            ("unevaluatedItems", "items"), ("unevaluatedProperties", "additionalProperties"),
        ] where keywords[name] != nil && keywords[name] != true {
            report(
                keywords.location,
                name,
                "\"\(name)\" is not supported",
                hint: "use \"\(instead)\""
            )
        }
        if keywords.location != 0, keywords["$id"] != nil {
            report(
                keywords.location,
                "$id",
                "only the whole schema has an \"$id\"",
                hint: "use \"$anchor\", or refer to the place: #/$defs/name"
            )
        }
    }

    private mutating func readNames(_ keywords: Keywords) {
        for name in ["$anchor", "$dynamicAnchor"] {
            guard let anchor = text(name, keywords) else { continue }
            define(anchor: anchor, at: keywords.location)
        }
        _ = schemas(named: "$defs", keywords)
    }

    private mutating func types(_ keywords: Keywords) -> ValueTypes? {
        guard let value = keywords["type"] else { return nil }
        let names = value.arrayValue ?? [value]
        var types: ValueTypes = []
        for name in names {
            guard let type = name.stringValue.flatMap(ValueTypes.init(named:)) else {
                report(
                    keywords.location,
                    "type",
                    "there is no type \(name.excerpt)",
                    hint: "use \(ValueTypes.names.joined(separator: ", ")), or a list of them"
                )
                return nil
            }
            types.formUnion(type)
        }
        guard !names.isEmpty else {
            report(keywords.location, "type", "the list of types is empty")
            return nil
        }
        return types
    }

    private mutating func numbers(_ keywords: Keywords) -> NumberRule? {
        guard
            keywords.hasAny(
                of: "minimum",
                "maximum",
                "exclusiveMinimum",
                "exclusiveMaximum",
                "multipleOf"
            )
        else { return nil }
        var rule = NumberRule()
        rule.minimum = number("minimum", keywords)
        rule.maximum = number("maximum", keywords)
        rule.exclusiveMinimum = number("exclusiveMinimum", keywords)
        rule.exclusiveMaximum = number("exclusiveMaximum", keywords)
        if let divisor = number("multipleOf", keywords) {
            if let exact = ExactNumber(divisor), exact.isPositive {
                rule.divisor = (divisor, exact)
            } else {
                report(keywords.location, "multipleOf", "\"multipleOf\" is a number above 0")
            }
        }
        return rule
    }

    private mutating func texts(_ keywords: Keywords) -> TextRule? {
        guard keywords.hasAny(of: "minLength", "maxLength", "pattern", "format") else { return nil }
        var rule = TextRule()
        rule.minimum = count("minLength", keywords) ?? 0
        rule.maximum = count("maxLength", keywords)
        if let text = text("pattern", keywords) {
            rule.pattern = pattern(text, "pattern", keywords)
        }
        rule.format = text("format", keywords).flatMap(TextFormat.init(rawValue:))
        return rule
    }

    private mutating func items(_ keywords: Keywords) -> ItemRule? {
        guard
            keywords.hasAny(
                of: "minItems",
                "maxItems",
                "uniqueItems",
                "prefixItems",
                "items",
                "contains",
                "minContains",
                "maxContains"
            )
        else { return nil }
        var rule = ItemRule()
        rule.minimum = count("minItems", keywords) ?? 0
        rule.maximum = count("maxItems", keywords)
        if let value = keywords["uniqueItems"] {
            if value.boolValue == nil {
                report(keywords.location, "uniqueItems", "\"uniqueItems\" is true or false")
            }
            rule.areUnique = value == true
        }
        rule.first = schemas(listed: "prefixItems", keywords) ?? []
        if keywords["items"]?.arrayValue != nil {
            report(
                keywords.location,
                "items",
                "\"items\" is one schema",
                hint: "use \"prefixItems\" for a list"
            )
        } else {
            rule.rest = schema("items", keywords)
        }
        rule.contains = schema("contains", keywords)
        rule.minimumContained = count("minContains", keywords) ?? 1
        rule.maximumContained = count("maxContains", keywords)
        return rule
    }

    private mutating func members(_ keywords: Keywords) -> MemberRule? {
        guard
            keywords.hasAny(
                of: "minProperties",
                "maxProperties",
                "required",
                "dependentRequired",
                "properties",
                "patternProperties",
                "additionalProperties",
                "propertyNames"
            )
        else { return nil }
        var rule = MemberRule()
        rule.minimum = count("minProperties", keywords) ?? 0
        rule.maximum = count("maxProperties", keywords)
        rule.required = keywords["required"].map { names($0, "required", keywords) } ?? []
        if let lists = object("dependentRequired", keywords) {
            for (key, list) in lists.sorted(by: { $0.key < $1.key }) {
                rule.dependent.append((key, names(list, "dependentRequired", keywords)))
            }
        }
        for (key, schema) in schemas(named: "properties", keywords) { rule.named[key] = schema }
        for (text, schema) in schemas(named: "patternProperties", keywords) {
            guard let pattern = pattern(text, "patternProperties", keywords) else {
                continue
            }
            rule.patterns.append((pattern, schema))
        }
        rule.others = schema("additionalProperties", keywords)
        rule.names = schema("propertyNames", keywords)
        return rule
    }
}
