extension SchemaExample {
    static let lists = [
        SchemaExample(
            #"{"items": {"type": "integer"}, "minItems": 1, "maxItems": 2}"#,
            fits: ["[1]", "[1, 2]", "5"],
            refuses: [
                "[]": "input has 0 items, fewer than 1",
                "[1, 2, 3]": "input has 3 items, more than 2",
                #"[1, "2"]"#: #"input[1] is "2", not an integer"#,
            ]
        ),
        SchemaExample(
            #"{"prefixItems": [{"type": "string"}, {"type": "integer"}], "items": false}"#,
            fits: ["[]", #"["a"]"#, #"["a", 1]"#],
            refuses: [
                "[1]": "input[0] is 1, not a string", #"["a", 1, 2]"#: "input[2] is not allowed",
            ]
        ),
        SchemaExample(
            #"{"prefixItems": [true], "items": {"type": "null"}}"#,
            fits: ["[1, null, null]"],
            refuses: ["[1, null, 2]": "input[2] is 2, not null"]
        ),
        SchemaExample(
            #"{"contains": {"minimum": 5}}"#,
            fits: ["[1, 5]", "{}"],
            refuses: [
                "[]": "input has 0 items of a kind of which it needs 1",
                "[1, 4]": "input has 0 items of a kind of which it needs 1",
            ]
        ),
        SchemaExample(
            #"{"contains": {"minimum": 5}, "minContains": 2, "maxContains": 3}"#,
            fits: ["[5, 1, 6]", "[5, 6, 7, 1]"],
            refuses: [
                "[5, 1]": "input has 1 item of a kind of which it needs 2",
                "[5, 6, 7, 8]": "input has 4 items of a kind of which 3 are allowed",
            ]
        ),
        SchemaExample(
            #"{"contains": false, "minContains": 0, "maxContains": 1}"#,
            fits: ["[]", "[1, 2]"],
            refuses: [:]
        ),
        SchemaExample(#"{"minContains": 5}"#, fits: ["[]"], refuses: [:]),
        SchemaExample(
            #"{"uniqueItems": true}"#,
            fits: ["[]", #"[1, "1", true, [1], [[1]], {"a": 1}, {"a": 2}, 0, false, null]"#],
            refuses: [
                "[1, 2, 1.0]": "input has the same item at [0] and [2]",
                #"[{"a": [1], "b": 2}, {"b": 2, "a": [1.0]}]"#:
                    "input has the same item at [0] and [1]",
            ]
        ),
        SchemaExample(#"{"uniqueItems": false}"#, fits: ["[1, 1]"], refuses: [:]),
    ]

    static let objects = [
        SchemaExample(
            #"{"properties": {"a": {"type": "integer"}, "a b": {"type": "null"}, "no": false}}"#,
            fits: ["{}", #"{"a": 1, "c": "x", "a b": null}"#, "[1]"],
            refuses: [
                #"{"a": "x"}"#: #"input.a is "x", not an integer"#,
                #"{"a b": 1}"#: #"input["a b"] is 1, not null"#,
                #"{"no": null}"#: "input.no is not allowed",
            ]
        ),
        SchemaExample(
            #"{"required": ["b", "a"]}"#,
            fits: [#"{"a": null, "b": 1}"#, #""text""#],
            refuses: [
                "{}": #"input has no member "a""#, #"{"a": 1}"#: #"input has no member "b""#,
            ]
        ),
        SchemaExample(
            #"{"properties": {"a": true}, "patternProperties": {"^x-": {"type": "string"}}, "additionalProperties": false}"#,
            fits: [#"{"a": 1, "x-b": "c"}"#],
            refuses: [
                #"{"x-b": 1}"#: "input.x-b is 1, not a string",
                #"{"b": 1}"#: "input.b is not allowed", #"{"ax-": 1}"#: "input.ax- is not allowed",
            ]
        ),
        SchemaExample(
            #"{"properties": {"xa": {"minimum": 2}}, "patternProperties": {"x": {"maximum": 3}, "a": {"multipleOf": 1}}}"#,
            fits: [#"{"xa": 2, "b": 9}"#],
            refuses: [
                #"{"xa": 1}"#: "input.xa is 1, less than the minimum 2",
                #"{"xa": 4}"#: "input.xa is 4, more than the maximum 3",
                #"{"xa": 2.5}"#: "input.xa is 2.5, not a multiple of 1",
            ]
        ),
        SchemaExample(
            #"{"properties": {"a": true}, "additionalProperties": {"type": "integer"}}"#,
            fits: [#"{"a": "x", "b": 1}"#],
            refuses: [#"{"b": "x"}"#: #"input.b is "x", not an integer"#]
        ),
        SchemaExample(
            #"{"additionalProperties": false}"#,
            fits: ["{}"],
            refuses: [#"{"": 1}"#: #"input[""] is not allowed"#]
        ),
        SchemaExample(
            #"{"propertyNames": {"maxLength": 3}}"#,
            fits: [#"{"abc": 1}"#],
            refuses: [#"{"abcd": 1}"#: #"input has a member "abcd", a name that is not allowed"#]
        ),
        SchemaExample(
            #"{"minProperties": 1, "maxProperties": 2}"#,
            fits: [#"{"a": 1}"#, #"{"a": 1, "b": 2}"#],
            refuses: [
                "{}": "input has 0 members, fewer than 1",
                #"{"a": 1, "b": 2, "c": 3}"#: "input has 3 members, more than 2",
            ]
        ),
        SchemaExample(
            #"{"dependentRequired": {"card": ["address", "name"]}}"#,
            fits: ["{}", #"{"name": 1}"#, #"{"card": 1, "address": 2, "name": 3}"#],
            refuses: [
                #"{"card": 1, "name": 2}"#: #"input has a member "card" and no member "address""#
            ]
        ),
        SchemaExample(
            #"{"dependentSchemas": {"card": {"required": ["address"]}}}"#,
            fits: ["{}", #"{"card": 1, "address": 2}"#, "[]"],
            refuses: [#"{"card": 1}"#: #"input has no member "address""#]
        ),
    ]
}
