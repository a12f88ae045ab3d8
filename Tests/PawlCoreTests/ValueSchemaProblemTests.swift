import PawlCore
import Testing

/// What is no schema is refused as a whole, with each problem at its place.
struct ValueSchemaProblemTests {
    @Test(
        arguments: [
            ("5", "a schema is an object, true or false"),
            ("null", "a schema is an object, true or false"),
            (#"{"type": "int"}"#, #"type: there is no type "int""#),
            (#"{"type": 5}"#, "type: there is no type 5"),
            (#"{"type": ["string", "text"]}"#, #"type: there is no type "text""#),
            (#"{"type": []}"#, "type: the list of types is empty"),
            (#"{"enum": "a"}"#, #"enum: "enum" is a list"#),
            (#"{"minimum": "5"}"#, #"minimum: "minimum" is a number"#),
            (#"{"exclusiveMinimum": true}"#, #"exclusiveMinimum: "exclusiveMinimum" is a number"#),
            (#"{"maximum": null}"#, #"maximum: "maximum" is a number"#),
            (#"{"multipleOf": 0}"#, #"multipleOf: "multipleOf" is a number above 0"#),
            (#"{"multipleOf": -2}"#, #"multipleOf: "multipleOf" is a number above 0"#),
            (#"{"minLength": -1}"#, #"minLength: "minLength" is a whole number, 0 or more"#),
            (#"{"maxItems": 1.5}"#, #"maxItems: "maxItems" is a whole number, 0 or more"#),
            (
                #"{"minProperties": "1"}"#,
                #"minProperties: "minProperties" is a whole number, 0 or more"#
            ),
            (#"{"maxContains": []}"#, #"maxContains: "maxContains" is a whole number, 0 or more"#),
            (#"{"pattern": 5}"#, #"pattern: "pattern" is a text"#),
            (#"{"pattern": "("}"#, #"pattern: "(" is not a pattern: "#),
            (#"{"patternProperties": {"[": true}}"#, #"patternProperties: "[" is not a pattern: "#),
            (#"{"format": 5}"#, #"format: "format" is a text"#),
            (#"{"uniqueItems": 1}"#, #"uniqueItems: "uniqueItems" is true or false"#),
            (#"{"required": "a"}"#, #"required: "required" lists the names of members"#),
            (#"{"required": ["a", 1]}"#, #"required: "required" lists the names of members"#),
            (
                #"{"dependentRequired": {"a": 1}}"#,
                #"dependentRequired: "dependentRequired" lists the names of members"#
            ),
            (#"{"properties": []}"#, #"properties: "properties" is an object"#),
            (#"{"properties": {"a": 5}}"#, "properties.a: a schema is an object, true or false"),
            (#"{"items": [true]}"#, #"items: "items" is one schema"#),
            (#"{"items": {"type": 1}}"#, "items.type: there is no type 1"),
            (#"{"prefixItems": {}}"#, #"prefixItems: "prefixItems" is a list"#),
            (#"{"allOf": []}"#, #"allOf: "allOf" lists no schema"#),
            (#"{"anyOf": [true, 5]}"#, "anyOf[1]: a schema is an object, true or false"),
            (#"{"not": null}"#, "not: a schema is an object, true or false"),
            (#"{"then": 5}"#, "then: a schema is an object, true or false"),
            (
                #"{"$defs": {"x y": {"not": 1}}}"#,
                #"$defs["x y"].not: a schema is an object, true or false"#
            ),
            (
                #"{"unevaluatedProperties": false}"#,
                #"unevaluatedProperties: "unevaluatedProperties" is not supported"#
            ),
            (#"{"items": {"$id": "x"}}"#, #"items.$id: only the whole schema has an "$id""#),
            (#"{"$ref": 5}"#, #"$ref: "$ref" is a text"#),
            (
                #"{"$ref": "https://a.example/b"}"#,
                #"$ref: "https://a.example/b" is another document"#
            ),
            (#"{"$ref": "other.json#/a"}"#, #"$ref: "other.json#/a" is another document"#),
            (##"{"$ref": "#/$defs/a"}"##, ##"$ref: there is nothing at "#/$defs/a""##),
            (##"{"items": {"$ref": "#a"}}"##, #"items.$ref: there is no anchor "a""#),
            (
                ##"{"allOf": [{"$ref": "#/allOf/1"}]}"##,
                ##"allOf[0].$ref: there is nothing at "#/allOf/1""##
            ),
            (
                #"{"$defs": {"a": {"$anchor": "x"}, "b": {"$anchor": "x"}}}"#,
                #"$defs.b.$anchor: the anchor "x" is defined twice"#
            ),
            (##"{"$ref": "#"}"##, "$ref: the schema refers to itself for the same value"),
            (
                ##"{"items": {"anyOf": [{"not": {"$ref": "#/items"}}, true]}}"##,
                "items.anyOf[0].not.$ref: the schema refers to itself for the same value"
            ),
            (
                ##"{"$ref": "#a", "$defs": {"a": {"$anchor": "a", "if": {"$ref": "#b"}, "then": true}, "b": {"$anchor": "b", "$ref": "#a"}}}"##,
                "$defs.b.$ref: the schema refers to itself for the same value"
            ),
        ] as [(String, String)]
    )
    func `a problem is told with its place`(schema: String, problem: String) throws {
        let error = #expect(throws: InvalidValueSchema.self) { try ValueSchema(text: schema) }
        let found = error?.problems.first?.description ?? ""
        #expect(found.hasPrefix(problem), "\(found)")
    }

    @Test func `all problems are told, under the place that is given`() throws {
        let json: JSON = [
            "type": "int", "properties": ["a": ["minimum": "1"], "b": ["pattern": "a**"]],
            "required": 1,
        ]
        let error = #expect(throws: InvalidValueSchema.self) {
            try ValueSchema(json: json, at: "input_schema")
        }
        #expect(
            error?.problems.map(\.place) == [
                "input_schema.type", "input_schema.required", "input_schema.properties.a.minimum",
                "input_schema.properties.b.pattern",
            ]
        )
        #expect(error?.problems.allSatisfy { $0.code == .malformed } == true)
    }

    @Test func `what two places share is no circle`() throws {
        let schema = try ValueSchema(
            text: ##"""
                {"allOf": [{"$ref": "#/$defs/a"}, {"$ref": "#/$defs/b"}],
                 "$defs": {"a": {"$ref": "#/$defs/c"}, "b": {"$ref": "#/$defs/c"},
                           "c": {"properties": {"next": {"$ref": "#"}}, "type": "object"}}}
                """##
        )
        #expect(schema.fits(["next": ["next": [:]]]))
        #expect(!schema.fits(["next": ["next": 1]]))
    }
}
