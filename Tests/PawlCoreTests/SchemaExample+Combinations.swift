extension SchemaExample {
    static let combinations = [
        SchemaExample(
            #"{"allOf": [{"minimum": 1}, {"maximum": 5}]}"#,
            fits: ["3"],
            refuses: [
                "0": "input is 0, less than the minimum 1",
                "6": "input is 6, more than the maximum 5",
            ]
        ),
        SchemaExample(
            #"{"anyOf": [{"type": "string"}, {"minimum": 5, "type": "number"}]}"#,
            fits: [#""a""#, "5"],
            refuses: [
                "1": "input fits none of the 2 alternatives: input is 1, not a string",
                "null": "input fits none of the 2 alternatives: input is null, not a string",
            ]
        ),
        SchemaExample(
            #"{"anyOf": [{"type": "string"}, {"properties": {"a": {"properties": {"b": {"const": 1}}}}, "type": "object"}]}"#,
            fits: [#"{"a": {"b": 1}}"#],
            refuses: [
                #"{"a": {"b": 2}}"#:
                    "input fits none of the 2 alternatives: input.a.b is 2, not 1"
            ]
        ),
        SchemaExample(
            #"{"anyOf": [{"type": "string"}]}"#,
            fits: [#""a""#],
            refuses: ["1": "input is 1, not a string"]
        ),
        SchemaExample(
            #"{"oneOf": [{"multipleOf": 2}, {"multipleOf": 3}, {"const": 7}]}"#,
            fits: ["2", "3", "7"],
            refuses: [
                "6": "input fits 2 of the 3 alternatives, not exactly one",
                "5": "input fits none of the 3 alternatives: input is 5, not a multiple of 2",
            ]
        ),
        SchemaExample(
            #"{"not": {"type": "string"}}"#,
            fits: ["1"],
            refuses: [#""a""#: #"input is what the schema rules out with "not""#]
        ),
        SchemaExample(
            #"{"if": {"properties": {"kind": {"const": "a"}}}, "then": {"required": ["x"]}, "else": {"required": ["y"]}}"#,
            fits: [#"{"kind": "a", "x": 1}"#, #"{"kind": "b", "y": 1}"#, #"{"x": 1}"#],
            refuses: [
                #"{"kind": "a", "y": 1}"#: #"input has no member "x""#,
                #"{"kind": "b", "x": 1}"#: #"input has no member "y""#,
            ]
        ),
        SchemaExample(
            #"{"if": {"type": "string"}, "then": {"minLength": 2}}"#,
            fits: ["1", #""ab""#],
            refuses: [#""a""#: "input has 1 character, fewer than 2"]
        ),
        SchemaExample(#"{"then": false, "else": false}"#, fits: ["1"], refuses: [:]),
        SchemaExample(
            #"{"title": "x", "description": 5, "default": 1, "examples": 3, "$comment": [], "x-mine": {"type": 1}, "definitions": 5}"#,
            fits: ["1"],
            refuses: [:]
        ),
    ]

    static let references = [
        SchemaExample(
            ##"{"$defs": {"id": {"type": "integer"}}, "properties": {"a": {"$ref": "#/$defs/id", "minimum": 3}}}"##,
            fits: [#"{"a": 3}"#],
            refuses: [
                #"{"a": "x"}"#: #"input.a is "x", not an integer"#,
                #"{"a": 2}"#: "input.a is 2, less than the minimum 3",
            ]
        ),
        SchemaExample(
            ##"{"type": "object", "additionalProperties": {"$ref": "#"}}"##,
            fits: ["{}", #"{"a": {"b": {}}}"#],
            refuses: [#"{"a": {"b": 1}}"#: "input.a.b is 1, not an object"]
        ),
        SchemaExample(
            ##"{"$ref": "#tree", "$defs": {"t": {"$anchor": "tree", "properties": {"left": {"$ref": "#tree"}, "value": {"type": "integer"}}}}}"##,
            fits: [#"{"left": {"left": {"value": 1}}}"#],
            refuses: [
                #"{"left": {"left": {"value": "x"}}}"#:
                    #"input.left.left.value is "x", not an integer"#
            ]
        ),
        SchemaExample(
            #"{"$id": "https://a.example/s#", "$ref": "https://a.example/s#/$defs/a", "$defs": {"a": {"type": "null"}}}"#,
            fits: ["null"],
            refuses: ["1": "input is 1, not null"]
        ),
        SchemaExample(
            #"{"$id": "s", "properties": {"a": {"$ref": "s"}}, "type": "object"}"#,
            fits: ["{}"],
            refuses: [#"{"a": 1}"#: "input.a is 1, not an object"]
        ),
        SchemaExample(
            ##"{"$defs": {"a/b": {"~c d": {"type": "null"}}}, "items": {"$ref": "#/$defs/a~1b/~0c%20d"}}"##,
            fits: ["[null]"],
            refuses: ["[1]": "input[0] is 1, not null"]
        ),
        SchemaExample(
            ##"{"definitions": {"a": {"type": "null"}}, "items": {"$ref": "#/definitions/a"}}"##,
            fits: ["[null]"],
            refuses: ["[1]": "input[0] is 1, not null"]
        ),
        SchemaExample(
            ##"{"prefixItems": [{"type": "null"}, {"$ref": "#/prefixItems/0"}]}"##,
            fits: ["[null, null]"],
            refuses: ["[null, 1]": "input[1] is 1, not null"]
        ),
        SchemaExample(
            ##"{"$dynamicAnchor": "node", "type": "array", "items": {"$dynamicRef": "#node"}}"##,
            fits: ["[[[]]]"],
            refuses: ["[[1]]": "input[0][0] is 1, not an array"]
        ),
    ]
}
