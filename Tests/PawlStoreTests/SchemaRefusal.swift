/// An input that an INSERT refuses by a schema, and the reason.
struct SchemaRefusal: Sendable, CustomStringConvertible {
    let schema: String
    let input: String
    let reason: String

    init(_ schema: String, _ input: String, _ reason: String) {
        self.schema = schema
        self.input = input
        self.reason = reason
    }

    var description: String { "\(schema) \(input)" }

    static let all = [
        SchemaRefusal(#"{"type": "array"}"#, "{}", "input is an object, not of type array"),
        SchemaRefusal(#"{"type": "object"}"#, "[1]", "input is an array, not of type object"),
        SchemaRefusal(
            #"{"type": ["string", "null"]}"#,
            "true",
            "input is true, not of type string or null"
        ),
        SchemaRefusal(#"{"required": ["a", "b"]}"#, #"{"a": null}"#, #"input has no member "b""#),
        SchemaRefusal(
            #"{"properties": {"a": {"type": "number"}}}"#,
            #"{"b": 1, "a": "12"}"#,
            #"input.a is "12", not of type number"#
        ),
        SchemaRefusal(
            #"{"properties": {"a b": {"type": "integer"}}}"#,
            #"{"a b": 1.5}"#,
            #"input["a b"] is 1.5, not of type integer"#
        ),
        SchemaRefusal(
            #"{"properties": {"a": {"type": "boolean"}}}"#,
            #"{"a": "a text of more than forty characters, of which the rest is cut"}"#,
            #"input.a is "a text of more than forty characters, of…", not of type boolean"#
        ),
        SchemaRefusal(
            #"{"properties": {"a": {"enum": ["x", 1]}}}"#,
            #"{"a": "y"}"#,
            #"input.a is "y", not one of the values that are allowed"#
        ),
        SchemaRefusal(
            #"{"properties": {"a": {"const": 1}}}"#,
            #"{"a": true}"#,
            "input.a is true, not one of the values that are allowed"
        ),
        SchemaRefusal(
            #"{"properties": {"a": {"enum": [[1], {"b": 2}]}}}"#,
            #"{"a": 1}"#,
            "input.a is 1, not one of the values that are allowed"
        ),
        SchemaRefusal(
            #"{"properties": {"a": {"minimum": 5}}}"#,
            #"{"a": 4.5}"#,
            "input.a is 4.5, less than the minimum 5"
        ),
        SchemaRefusal(
            #"{"properties": {"a": {"maximum": 10}}}"#,
            #"{"a": 12}"#,
            "input.a is 12, more than the maximum 10"
        ),
        SchemaRefusal(
            #"{"properties": {"a": {"exclusiveMinimum": 0}}}"#,
            #"{"a": 0.0}"#,
            "input.a is 0.0, not more than 0"
        ),
        SchemaRefusal(
            #"{"properties": {"a": {"exclusiveMaximum": 1}}}"#,
            #"{"a": 1}"#,
            "input.a is 1, not less than 1"
        ),
        SchemaRefusal(
            #"{"properties": {"a": true}, "additionalProperties": false}"#,
            #"{"a": 1, "b": 2}"#,
            "input.b is not allowed"
        ),
        SchemaRefusal(#"{"additionalProperties": false}"#, #"{"b": 2}"#, "input.b is not allowed"),
    ]
}

/// Schemas and values of which each is tried with each.
enum SchemaGrid {
    /// Schemas for one value.
    static let parts = [
        "true", "{}", #"{"type": "string"}"#, #"{"type": "number"}"#, #"{"type": "integer"}"#,
        #"{"type": ["integer", "null"]}"#, #"{"type": ["boolean", "array", "object"]}"#,
        #"{"type": ["number", "integer", "string"]}"#, #"{"const": 0}"#, #"{"const": "K"}"#,
        #"{"const": null}"#, #"{"const": [1]}"#, #"{"const": 9007199254740993}"#,
        #"{"const": 0.1}"#,
        #"{"enum": [1, "a", "é", null]}"#, #"{"enum": [true, {"b": 1}, [], 1.5]}"#,
        #"{"enum": []}"#,
        #"{"enum": [0, 1], "const": 1}"#, #"{"minimum": 0}"#, #"{"minimum": 0.1}"#,
        #"{"maximum": 9007199254740992}"#, #"{"maximum": 1}"#, #"{"exclusiveMinimum": 0}"#,
        #"{"exclusiveMaximum": 9007199254740993}"#, #"{"exclusiveMaximum": 0.1}"#,
        #"{"minimum": 1e300}"#, #"{"maximum": -1e300}"#, #"{"minimum": 1, "maximum": 0}"#,
        #"{"type": "integer", "minimum": 1, "allOf": [true]}"#,
        #"{"type": "string", "minLength": 2, "pattern": "x"}"#,
    ]

    /// Values for one schema.
    static let values = [
        "null", "true", "false", "0", "-0.0", "1", "1.0", "-1", "0.1", "0.10000000000000001", "1.5",
        "9007199254740992", "9007199254740993", "9007199254740993.0", "9223372036854775807",
        "9223372036854775808", "1e300", "-1e300", "1e-300", "1e-400", "0.0999999999999999999999",
        #""""#, #""a""#, #""K""#, #""\u212a""#, #""é""#, #""e\u0301""#, "[]", "[1]", "[null]", "{}",
        #"{"b": 1}"#,
    ]

    /// Schemas of inputs whose members the part is about.
    static func around(_ part: String) -> [String] {
        [
            #"{"properties": {"a": \#(part)}}"#,
            #"{"properties": {"a": \#(part), "é": \#(part)}, "required": ["a"]}"#,
            #"{"type": "object", "properties": {"a": \#(part)}, "additionalProperties": false}"#,
            #"{"properties": {"A": \#(part)}, "additionalProperties": \#(part), "required": ["b"]}"#,
        ]
    }
}
