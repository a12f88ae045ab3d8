extension SchemaExample {
    static let values = [
        SchemaExample("true", fits: ["1", "null", "{}"], refuses: [:]),
        SchemaExample("{}", fits: ["1", "null", "{}"], refuses: [:]),
        SchemaExample("false", fits: [], refuses: ["null": "input is not allowed"]),
        SchemaExample(
            #"{"type": "integer"}"#,
            fits: ["1", "-5", "2.0", "1e300", "123456789012345678901"],
            refuses: [
                "1.5": "input is 1.5, not an integer", #""1""#: #"input is "1", not an integer"#,
                "true": "input is true, not an integer", "null": "input is null, not an integer",
            ]
        ),
        SchemaExample(
            #"{"type": "number"}"#,
            fits: ["1", "1.5"],
            refuses: ["[1]": "input is an array, not a number"]
        ),
        SchemaExample(
            #"{"type": "boolean"}"#,
            fits: ["true", "false"],
            refuses: ["0": "input is 0, not true or false"]
        ),
        SchemaExample(
            #"{"type": "null"}"#,
            fits: ["null"],
            refuses: ["false": "input is false, not null", "{}": "input is an object, not null"]
        ),
        SchemaExample(
            #"{"type": ["string", "integer", "null"]}"#,
            fits: [#""a""#, "1", "null"],
            refuses: ["1.5": "input is 1.5, not a string, an integer or null"]
        ),
        SchemaExample(
            #"{"type": ["object", "array"]}"#,
            fits: ["{}", "[]"],
            refuses: [#""{}""#: #"input is "{}", not an object or an array"#]
        ),
        SchemaExample(
            #"{"enum": [1, "a", null, [1, {"b": 2}], {}]}"#,
            fits: ["1", "1.0", #""a""#, "null", #"[1, {"b": 2.0}]"#, "{}"],
            refuses: [
                "true": #"input is true, not one of 1, "a", null, an array, an object"#,
                "[1]": #"input is an array, not one of 1, "a", null, an array, an object"#,
                #"{"b": 2}"#: #"input is an object, not one of 1, "a", null, an array, an object"#,
            ]
        ),
        SchemaExample(#"{"enum": []}"#, fits: [], refuses: ["1": "input is 1, not one of "]),
        SchemaExample(
            #"{"const": null}"#,
            fits: ["null"],
            refuses: ["0": "input is 0, not null"]
        ),
        SchemaExample(
            #"{"const": 0}"#,
            fits: ["0", "-0.0", "0e5"],
            refuses: ["false": "input is false, not 0", #""0""#: #"input is "0", not 0"#]
        ),
        SchemaExample(
            #"{"const": "\u00e9"}"#,
            fits: [#""\u00e9""#, #""e\u0301""#],
            refuses: [#""e""#: #"input is "e", not "é""#]
        ),
        SchemaExample(
            #"{"minimum": 5, "maximum": 10}"#,
            fits: ["5", "10", "7.5", #""1""#, "[1]"],
            refuses: [
                "4": "input is 4, less than the minimum 5",
                "4.99": "input is 4.99, less than the minimum 5",
                "12": "input is 12, more than the maximum 10",
            ]
        ),
        SchemaExample(
            #"{"exclusiveMinimum": 0, "exclusiveMaximum": 1.5}"#,
            fits: ["1", "1e-300", "1.4999"],
            refuses: ["0": "input is 0, not more than 0", "1.5": "input is 1.5, not less than 1.5"]
        ),
        SchemaExample(
            #"{"multipleOf": 0.01}"#,
            fits: ["19.99", "0", "-4.35", "1", "1e300", "0.07"],
            refuses: ["0.075": "input is 0.075, not a multiple of 0.01"]
        ),
        SchemaExample(
            #"{"multipleOf": 7}"#,
            fits: ["0", "-14", "9223372036854775807", "7e2"],
            refuses: [
                "9223372036854775806": "input is 9223372036854775806, not a multiple of 7",
                "7.5": "input is 7.5, not a multiple of 7",
                "1e300": "input is 1e+300, not a multiple of 7",
            ]
        ),
        SchemaExample(
            #"{"multipleOf": 1e300}"#,
            fits: ["0", "5e300"],
            refuses: ["1": "input is 1, not a multiple of 1e+300"]
        ),
        SchemaExample(
            #"{"multipleOf": 5e-324}"#,
            fits: ["0", "1", "1.5e-323"],
            refuses: [:]
        ),
    ]

    static let texts = [
        SchemaExample(
            #"{"minLength": 2, "maxLength": 3}"#,
            fits: [#""ab""#, #""abc""#, #""😀é""#, "1", #""e\u0301""#],
            refuses: [
                #""a""#: "input has 1 character, fewer than 2",
                #""😀""#: "input has 1 character, fewer than 2",
                #""abcd""#: "input has 4 characters, more than 3",
            ]
        ),
        SchemaExample(
            #"{"minLength": 2.0, "maxLength": 1e300}"#,
            fits: [#""ab""#],
            refuses: [#""""#: "input has 0 characters, fewer than 2"]
        ),
        SchemaExample(
            #"{"pattern": "^[a-z]+-\\d{2}$"}"#,
            fits: [#""ab-12""#, "5"],
            refuses: [#""Ab-12""#: #"input is "Ab-12", which does not match "^[a-z]+-\\d{2}$""#]
        ),
        SchemaExample(
            #"{"pattern": "b"}"#,
            fits: [#""abc""#],
            refuses: [#""ac""#: #"input is "ac", which does not match "b""#]
        ),
        SchemaExample(#"{"format": "regex"}"#, fits: [#""(""#], refuses: [:]),
        SchemaExample(
            #"{"format": "date"}"#,
            fits: [#""2024-02-29""#, #""1999-12-31""#, "5"],
            refuses: [
                #""2023-02-29""#: #"input is "2023-02-29", not a date such as 2026-01-31"#,
                #""2023-13-01""#: #"input is "2023-13-01", not a date such as 2026-01-31"#,
                #""2023-1-01""#: #"input is "2023-1-01", not a date such as 2026-01-31"#,
                #""2023-01-00""#: #"input is "2023-01-00", not a date such as 2026-01-31"#,
                #""""#: #"input is "", not a date such as 2026-01-31"#,
            ]
        ),
        SchemaExample(
            #"{"format": "uuid"}"#,
            fits: [#""01998f3e-6C1a-7abc-8def-0123456789ab""#],
            refuses: [
                #""01998f3e6c1a7abc8def0123456789ab""#:
                    #"input is "01998f3e6c1a7abc8def0123456789ab", not a UUID"#,
                #""01998f3e-6c1a-7abc-8def-0123456789ag""#:
                    #"input is "01998f3e-6c1a-7abc-8def-0123456789ag", not a UUID"#,
            ]
        ),
        SchemaExample(
            #"{"format": "email"}"#,
            fits: [#""a@b.example""#, #""first.last+tag@host""#, #""\"a@b\"@c.example""#],
            refuses: [
                #""a""#: #"input is "a", not an email address"#,
                #""@b""#: #"input is "@b", not an email address"#,
                #""a@""#: #"input is "a@", not an email address"#,
                #""a@b..c""#: #"input is "a@b..c", not an email address"#,
                #""a b@c""#: #"input is "a b@c", not an email address"#,
            ]
        ),
        SchemaExample(
            #"{"format": "uri"}"#,
            fits: [#""https://a.example/b?c=%20#d""#, #""urn:x:1""#, #""mailto:a@b""#],
            refuses: [
                #""a.example""#: #"input is "a.example", not a URI"#,
                #""1a:b""#: #"input is "1a:b", not a URI"#,
                #""a:b c""#: #"input is "a:b c", not a URI"#,
                #""a:%2""#: #"input is "a:%2", not a URI"#,
                #"":a""#: #"input is ":a", not a URI"#,
            ]
        ),
    ]
}
