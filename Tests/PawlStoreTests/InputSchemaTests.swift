import PawlCore
import PawlStore
import PawlTesting
import Postgres
import Testing

/// What of an input schema an INSERT could check, and what it must leave alone.
@Suite(.database, .timeLimit(.minutes(20)))
struct InputSchemaTests {
    let store = Storeroom()

    /// Why an input is refused; empty if it is not.
    private func misfits(_ pairs: [(schema: String, input: String)]) async throws -> [String] {
        let schemas = pairs.map(\.schema)
        let inputs = pairs.map(\.input)
        return try await store.texts(
            """
            select coalesce(pawl.input_misfit(p.schema::jsonb, p.input::jsonb), '')
            from unnest(\(schemas)::text[], \(inputs)::text[]) with ordinality
              as p (schema, input, n)
            order by n
            """
        )
    }

    private func definition(_ text: String) throws -> Definition {
        try Definition(json: JSON(parsing: text.utf8))
    }

    @Test(arguments: SchemaRefusal.all)
    func `an input that cannot fit is refused, with its place`(refusal: SchemaRefusal) async throws
    {
        let error = try await store.refusal(
            of: """
                select pawl.check_input_schema('refund', \(refusal.schema)::text::jsonb,
                                               \(refusal.input)::text::jsonb)
                """
        )
        #expect(
            error?.message
                == "the input of workflow \"refund\" does not fit its schema: \(refusal.reason)"
        )
        #expect(error?.sqlState == .checkViolation)
        #expect(
            error?.hint
                == #"the member "input_schema" of the definition says what fits: pawl define --show refund"#
        )
        let full = try ValueSchema(json: JSON(parsing: refusal.schema.utf8))
        #expect(try !full.violations(in: JSON(parsing: refusal.input.utf8)).isEmpty)
    }

    @Test func `an input that fits, and no schema at all, pass`() async throws {
        let schema = #"""
            {"type": "object", "required": ["id"], "additionalProperties": false,
             "properties": {"id": {"type": "integer", "minimum": 1, "maximum": 5},
                            "kind": {"enum": ["a", 1, null]}, "at": {"type": ["string", "null"]}}}
            """#
        for input in [
            #"{"id": 1}"#, #"{"id": 5.0, "kind": "a", "at": null}"#, #"{"id": 2, "kind": null}"#,
        ] {
            try await store.execute(
                """
                select pawl.check_input_schema('w', \(schema)::text::jsonb, \(input)::text::jsonb)
                """
            )
        }
        try await store.execute("select pawl.check_input_schema('w', null, '{}')")
    }

    @Test func `in doubt nothing is refused`() async throws {
        let pairs = [
            // Characters that are spelled in two ways.
            (#"{"required": ["\u00e9"]}"#, #"{"e\u0301": 1}"#),
            (#"{"required": ["K"]}"#, #"{"\u212a": 1}"#),
            (#"{"required": ["\u212a"]}"#, #"{"K": 1}"#),
            (#"{"properties": {"K": true}, "additionalProperties": false}"#, #"{"\u212a": 1}"#),
            (#"{"properties": {"\u212a": true}, "additionalProperties": false}"#, #"{"K": 1}"#),
            (#"{"properties": {"K": {"const": 2}}}"#, #"{"K": 1, "\u212a": 2}"#),
            (#"{"properties": {"a": {"const": "\u00e9"}}}"#, #"{"a": "e\u0301"}"#),
            (#"{"properties": {"a": {"enum": ["x", "K"]}}}"#, #"{"a": "\u212a"}"#),
            (#"{"properties": {"a": {"enum": ["x", "\u212a"]}}}"#, #"{"a": "K"}"#),
            // Decimals that are one double.
            (#"{"properties": {"a": {"const": 0.1}}}"#, #"{"a": 0.1000000000000000001}"#),
            (#"{"properties": {"a": {"minimum": 0.1}}}"#, #"{"a": 0.0999999999999999999999}"#),
            (#"{"properties": {"a": {"maximum": 0.0999999999999999999999}}}"#, #"{"a": 0.1}"#),
            (
                #"{"properties": {"a": {"exclusiveMaximum": 9007199254740993}}}"#,
                #"{"a": 9007199254740992.0}"#
            ),
            (#"{"properties": {"a": {"type": "integer"}}}"#, #"{"a": 9007199254740992.5}"#),
            (#"{"properties": {"a": {"type": "integer"}}}"#, #"{"a": 1e-400}"#),
        ]
        #expect(try await misfits(pairs) == pairs.map { _ in "" })
        for (schema, input) in pairs {
            let full = try ValueSchema(json: JSON(parsing: schema.utf8))
            #expect(try full.violations(in: JSON(parsing: input.utf8)) == [], "\(schema) \(input)")
        }
    }

    @Test func `a schema that makes no sense refuses nothing`() async throws {
        let schemas = [
            "null", "5", #""object""#, "[]", "false", #"{"type": 5}"#, #"{"type": []}"#,
            #"{"type": [[]]}"#, #"{"type": ["text", 5, null]}"#, #"{"type": "text"}"#,
            #"{"required": "a"}"#, #"{"required": [1, null, ["a"]]}"#, #"{"properties": 5}"#,
            #"{"properties": ["a"], "additionalProperties": false, "required": ["x"]}"#,
            #"{"properties": {"a": 5, "b": null, "c": [1]}}"#,
            #"{"properties": {"a": {"type": {}, "enum": 5, "minimum": "x", "maximum": null}}}"#,
            #"{"properties": {"a": {"minimum": 1e5000, "maximum": -1e5000}}}"#,
            #"{"properties": {"a": {"enum": {"x": 1}}}}"#, #"{"additionalProperties": "false"}"#,
            #"{"additionalProperties": false, "patternProperties": 5}"#,
        ]
        let inputs = [
            #"{"a": 1, "b": "x", "c": null}"#, "{}", #"{"a": 1e5000}"#, "null", "[]", "1",
        ]
        let pairs = schemas.flatMap { schema in inputs.map { (schema, $0) } }
        #expect(try await misfits(pairs) == pairs.map { _ in "" })
    }

    @Test func `what is refused here the whole schema refuses too`() async throws {
        var pairs: [(schema: String, input: String)] = []
        for part in SchemaGrid.parts {
            for schema in SchemaGrid.around(part) {
                for value in SchemaGrid.values {
                    pairs.append((schema, #"{"a": \#(value)}"#))
                    pairs.append((schema, #"{"a": \#(value), "b": 1, "\u00e9": 2}"#))
                }
                pairs.append((schema, "{}"))
            }
            pairs += SchemaGrid.values.map { (part, $0) }
        }
        let misfits = try await misfits(pairs)
        #expect(misfits.count == pairs.count)
        var schemas: [String: ValueSchema] = [:]
        var refused = 0
        for ((schema, input), reason) in zip(pairs, misfits) where !reason.isEmpty {
            let full =
                try schemas[schema] ?? ValueSchema(json: JSON(parsing: schema.utf8))
            schemas[schema] = full
            let value = try JSON(parsing: input.utf8)
            #expect(!full.violations(in: value).isEmpty, "\(schema) \(input): \(reason)")
            refused += 1
        }
        #expect(refused > 1_500)
    }

    @Test func `a definition shows its input schema, if it has one`() async throws {
        for (name, member) in [
            ("none", ""), ("null", #", "input_schema": null"#),
            ("some", #", "input_schema": {"type": "object"}"#),
        ] {
            try await store.define(
                definition(
                    """
                    {"id": "\(name)", "nodes": [{"id": "start", "type": "start"},
                                                {"id": "end", "type": "end"}],
                     "edges": [{"source": "start", "target": "end"}]\(member)}
                    """
                )
            )
        }
        #expect(
            try await store.texts(
                """
                select workflow || ' ' || coalesce(input_schema::text, '-') from pawl.definition
                order by workflow
                """
            ) == ["none -", "null -", #"some {"type": "object"}"#]
        )
    }
}
