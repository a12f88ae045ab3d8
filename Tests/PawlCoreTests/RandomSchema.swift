import PawlCore

/// Random schemas that use all keywords, a few of them malformed, and values they may fit.
struct RandomSchema {
    private var random: SeededGenerator

    init(seed: UInt64) {
        random = SeededGenerator(seed: seed)
    }

    mutating func schema() -> JSON {
        var members = part(depth: 3).objectValue ?? [:]
        members["$defs"] = ["a": part(depth: 2), "b": part(depth: 1)]
        return .object(members)
    }

    mutating func value(depth: Int = 3) -> JSON {
        switch Int.random(in: 0..<(depth > 0 ? 9 : 6), using: &random) {
        case 0: nil
        case 1: .bool(.random(using: &random))
        case 2: .integer(.random(in: -2...6, using: &random))
        case 3: .number(Double(Int.random(in: -4...12, using: &random)) / 2)
        case 4, 5: .string(text())
        case 6:
            .array((0..<Int.random(in: 0...3, using: &random)).map { _ in value(depth: depth - 1) })
        default:
            .object(
                Dictionary(
                    (0..<Int.random(in: 0...3, using: &random)).map { _ in
                        (key(), value(depth: depth - 1))
                    },
                    uniquingKeysWith: { first, _ in first }
                )
            )
        }
    }

    private mutating func key() -> String {
        ["a", "b", "c", "d e"].randomElement(using: &random) ?? ""
    }

    private mutating func text() -> String {
        ["", "a", "ab", "2026-01-31", "a@b", "a:b", "é"].randomElement(using: &random) ?? ""
    }

    private mutating func part(depth: Int) -> JSON {
        guard Int.random(in: 0..<12, using: &random) > 0 else {
            return .bool(.random(using: &random))
        }
        var members: [String: JSON] = [:]
        for _ in 0..<Int.random(in: 0...3, using: &random) {
            let (keyword, value) =
                depth > 0 && .random(using: &random) ? applicator(depth: depth - 1) : assertion()
            members[keyword] = value
        }
        if Int.random(in: 0..<200, using: &random) == 0 { members["type"] = value() }
        return .object(members)
    }

    private mutating func assertion() -> (String, JSON) {
        let count = JSON(Int.random(in: 0...3, using: &random))
        let kind = ["string", "number", "integer", "object", "array", "null", "boolean"]
        let choices: [(String, JSON)] = [
            ("type", .string(kind.randomElement(using: &random) ?? "")),
            ("type", ["object", "array", "string", "null"]),
            ("enum", [value(), value(), value(depth: 1)]), ("const", value(depth: 1)),
            ("minimum", count), ("maximum", count), ("exclusiveMinimum", count),
            ("exclusiveMaximum", count),
            ("multipleOf", [0.5, 1, 2].randomElement(using: &random) ?? 1),
            ("minLength", count), ("maxLength", count), ("pattern", "^a?b|\\d"),
            ("format", ["date", "email", "uri", "uuid"].randomElement(using: &random) ?? ""),
            ("minItems", count), ("maxItems", count), ("uniqueItems", true), ("minContains", count),
            ("maxContains", count), ("required", [.string(key()), .string(key())]),
            ("minProperties", count), ("maxProperties", count),
            ("dependentRequired", [key(): [.string(key())]]),
            ("$ref", "#/$defs/a"), ("$ref", "#/$defs/b"),
        ]
        return choices.randomElement(using: &random) ?? ("type", "null")
    }

    private mutating func applicator(depth: Int) -> (String, JSON) {
        let names = [
            "items", "contains", "additionalProperties", "propertyNames", "not", "if", "then",
            "else",
            "allOf", "anyOf", "oneOf", "prefixItems", "properties", "patternProperties",
            "dependentSchemas",
        ]
        let name = names.randomElement(using: &random) ?? "not"
        return switch name {
        case "allOf", "anyOf", "oneOf", "prefixItems":
            (name, [part(depth: depth), part(depth: depth), part(depth: depth)])
        case "properties", "dependentSchemas":
            (name, [key(): part(depth: depth), key(): part(depth: depth)])
        case "patternProperties": (name, ["[ab]": part(depth: depth)])
        default: (name, part(depth: depth))
        }
    }
}

extension JSON {
    init(_ number: Int) {
        self = .integer(Int64(number))
    }
}
