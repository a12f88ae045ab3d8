import PawlCore
import Testing

/// A schema, values that fit it, and values that do not with the first thing that is said of them.
struct SchemaExample: Sendable, CustomStringConvertible {
    let schema: String
    let fits: [String]
    let refuses: [(value: String, violation: String)]

    init(_ schema: String, fits: [String], refuses: KeyValuePairs<String, String>) {
        self.schema = schema
        self.fits = fits
        self.refuses = refuses.map { ($0.key, $0.value) }
    }

    var description: String { schema }
}

extension ValueSchema {
    init(text: String) throws {
        try self.init(json: JSON(parsing: text.utf8))
    }

    func fits(_ value: JSON) -> Bool { violations(in: value, limit: 1).isEmpty }
}

/// What each keyword of a schema allows, and what is said of the rest.
struct ValueSchemaTests {
    @Test(arguments: SchemaExample.values + SchemaExample.texts)
    func `single values are checked`(example: SchemaExample) throws {
        try check(example)
    }

    @Test(arguments: SchemaExample.lists + SchemaExample.objects)
    func `lists and objects are checked`(example: SchemaExample) throws {
        try check(example)
    }

    @Test(arguments: SchemaExample.combinations + SchemaExample.references)
    func `schemas within schemas are checked`(example: SchemaExample) throws {
        try check(example)
    }

    private func check(_ example: SchemaExample) throws {
        let schema = try ValueSchema(text: example.schema)
        // A check that only wants to know comes to the same end. References would lead elsewhere.
        let isMovable = !example.schema.contains("$")
        let negation = try ValueSchema(
            text: isMovable ? #"{"not": \#(example.schema)}"# : "true"
        )
        for text in example.fits {
            let value = try JSON(parsing: text.utf8)
            #expect(schema.violations(in: value) == [], "\(text)")
            if isMovable { #expect(!negation.fits(value), "\(text)") }
        }
        for (text, violation) in example.refuses {
            let value = try JSON(parsing: text.utf8)
            #expect(schema.violations(in: value).first?.description == violation, "\(text)")
            #expect(negation.fits(value), "\(text)")
        }
    }

    @Test func `all violations are told, in order, up to the limit`() throws {
        let schema = try ValueSchema(
            text: #"""
                {"required": ["id", "name"], "additionalProperties": false,
                 "properties": {"items": {"items": {"properties": {"price": {"maximum": 10}}}},
                                "id": {"minLength": 3, "pattern": "^x"}, "name": true}}
                """#
        )
        let value: JSON = [
            "id": "a", "extra": 1, "items": [["price": 1], ["price": 11], ["price": 12]],
        ]
        let all = [
            #"order has no member "name""#,
            "order.extra is not allowed",
            "order.id has 1 character, fewer than 3",
            #"order.id is "a", which does not match "^x""#,
            "order.items[1].price is 11, more than the maximum 10",
            "order.items[2].price is 12, more than the maximum 10",
        ]
        let violations = schema.violations(in: value, at: "order")
        #expect(violations.map(\.description) == all)
        #expect(violations[4].place == "order.items[1].price")
        #expect(violations[4].message == "is 11, more than the maximum 10")
        for limit in 1...7 {
            let few = schema.violations(in: value, at: "order", limit: limit)
            #expect(few.map(\.description) == Array(all.prefix(limit)))
        }
        #expect(schema.violations(in: value, limit: 0).count == 1)
        #expect(schema.violations(in: value, at: "")[1].place == "extra")
    }

    @Test func `a wide number is compared exactly`() throws {
        let bound = 9_007_199_254_740_993  // A double would be one less.
        let least = try ValueSchema(json: ["minimum": JSON(bound)])
        #expect(least.fits(JSON(bound)) && !least.fits(JSON(bound - 1)))
        let above = try ValueSchema(json: ["exclusiveMinimum": 9_007_199_254_740_992.0])
        #expect(above.fits(JSON(bound)) && !above.fits(JSON(bound - 1)))
        let most = try ValueSchema(json: ["maximum": .integer(.max)])
        #expect(most.fits(.integer(.max)) && !most.fits(.number(0x1p63)))
        #expect(try ValueSchema(json: ["minimum": -1e300]).fits(.integer(.min)))
        #expect(try !ValueSchema(json: ["maximum": -0.5]).fits(0))
        #expect(try ValueSchema(json: ["maximum": -0.5]).fits(-1))
    }

    @Test func `what is no JSON number breaks nothing`() throws {
        let schema = try ValueSchema(
            text: #"{"minimum": 0, "exclusiveMaximum": 1, "multipleOf": 1, "uniqueItems": true}"#
        )
        for number in [Double.nan, .infinity, -.infinity] {
            #expect(!schema.fits(.number(number)))
            #expect(schema.fits([.number(number), 1]))
        }
    }

    @Test func `long values are cut in messages`() throws {
        let schema = try ValueSchema(text: #"{"additionalProperties": {"const": 1}}"#)
        let long = String(repeating: "x", count: 1_000)
        let cut = "\"" + String(repeating: "x", count: 40) + "…\""
        #expect(
            schema.violations(in: [long: .string(long)]).map(\.description)
                == ["input[\(cut)] is \(cut), not 1"]
        )
    }
}
