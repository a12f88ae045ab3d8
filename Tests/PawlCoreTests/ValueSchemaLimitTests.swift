import Foundation
import PawlCore
import Testing

/// No schema and no value makes a check hang, or break.
struct ValueSchemaLimitTests {
    private let tooMuch = "input takes more work to check against its schema than is allowed"
    private let tooDeep = "input or what its schema says of it is nested too deeply to be checked"

    private func nested(_ levels: Int) -> JSON {
        (0..<levels).reduce(JSON.array([])) { value, _ in [value] }
    }

    /// The value of a body that runs on as little stack as a thread may have.
    private func onSmallStack<Value: Sendable>(
        _ body: @escaping @Sendable () -> Value
    ) async -> Value {
        await withCheckedContinuation { continuation in
            let thread = Thread { continuation.resume(returning: body()) }
            thread.stackSize = 1 << 20
            thread.start()
        }
    }

    @Test func `a schema that doubles its work at each level is given up`() throws {
        var definitions: [String: JSON] = ["s0": ["const": 1]]
        for level in 1...60 {
            let below: JSON = ["$ref": "#/$defs/s\(level - 1)"]
            definitions["s\(level)"] = ["allOf": [below, below]]
        }
        for keyword in ["$ref", "not", "anyOf", "oneOf"] {
            let inner: JSON = ["$ref": "#/$defs/s60"]
            let schema = try ValueSchema(json: [
                "$defs": .object(definitions),
                keyword: keyword == "$ref" ? "#/$defs/s60" : keyword == "not" ? inner : [inner],
            ])
            #expect(schema.violations(in: 1).map(\.description) == [tooMuch])
        }
    }

    @Test func `comparing large values again and again is given up`() throws {
        let large = JSON.array(
            Array(repeating: .string(String(repeating: "x", count: 1_000)), count: 1_000)
        )
        let text = JSON.string(String(repeating: "a", count: 1_000_000))
        for (keyword, constraint, value) in [
            ("enum", .array([large]), large), ("uniqueItems", true, [large, 1]),
            ("pattern", "(a|b)*c{200}$", text), ("minLength", 1, text),
        ] as [(String, JSON, JSON)] {
            let again = JSON.array(Array(repeating: ["$ref": "#/$defs/a"], count: 1_000))
            let schema = try ValueSchema(json: [
                "$defs": ["a": [keyword: constraint]], "allOf": again,
            ])
            #expect(schema.violations(in: value).last?.description == tooMuch, "\(keyword)")
        }
    }

    @Test func `a recursion that goes on is given up`() async throws {
        let schema = try ValueSchema(text: ##"{"type": "array", "items": {"$ref": "#"}}"##)
        #expect(schema.fits(nested(120)))
        let deep = nested(400)
        let violations = await onSmallStack { schema.violations(in: deep) }
        #expect(violations.map(\.description) == [tooDeep])
        let unique = try ValueSchema(json: ["uniqueItems": true])
        #expect(unique.fits([nested(200)]))
        let deeper = nested(600)
        #expect(unique.violations(in: [deeper]).map(\.description) == [tooDeep])
        let constant = try ValueSchema(json: ["const": deeper])
        #expect(constant.violations(in: deeper).last?.description == tooDeep)
    }

    @Test func `schemas within one another are compiled without stack`() async throws {
        let inner = (0..<500).reduce(JSON.bool(true)) { schema, _ in ["not": schema] }
        let schema = try await onSmallStack { Result { try ValueSchema(json: inner) } }.get()
        #expect(schema.violations(in: 1).map(\.description) == [tooDeep])
        let chain: [String: JSON] = Dictionary(
            uniqueKeysWithValues: (0..<5_000).map {
                ("s\($0)", ["$ref": $0 == 4_999 ? "#/$defs/end" : "#/$defs/s\($0 + 1)"])
            }
        )
        let long = try ValueSchema(json: [
            "$defs": .object(chain.merging(["end": true]) { first, _ in first }),
            "items": ["$ref": "#/$defs/s0"],
        ])
        #expect(long.fits([]))
        let violations = await onSmallStack { long.violations(in: [1]) }
        #expect(violations.map(\.description) == [tooDeep])
    }

    @Test func `a schema may hold 10,000 schemas`() throws {
        func wide(_ count: Int) -> JSON {
            ["anyOf": .array((0..<count).map { ["const": JSON($0)] })]
        }
        #expect(try ValueSchema(json: wide(9_999)).fits(9_998))
        let error = #expect(throws: InvalidValueSchema.self) {
            try ValueSchema(json: wide(10_000))
        }
        #expect(error?.description == "there are more than 10000 schemas in it")
    }

    @Test func `a document of problems tells a hundred`() throws {
        let json: JSON = ["allOf": .array(Array(repeating: ["type": "x"], count: 5_000))]
        let error = #expect(throws: InvalidValueSchema.self) { try ValueSchema(json: json) }
        #expect(error?.problems.count == 100)
    }

    @Test func `a large value is checked`() throws {
        let schema = try ValueSchema(
            text:
                #"{"items": {"type": "object", "properties": {"a": {"minimum": 0}}, "required": ["a"]}}"#
        )
        let value = JSON.array((0..<100_000).map { ["a": JSON($0)] })
        #expect(schema.fits(value))
    }

    @Test func `variants of variants are told apart quickly`() throws {
        let schema = try ValueSchema(
            text: ##"""
                {"oneOf": [
                   {"properties": {"type": {"const": "leaf"}, "list": {"items": {"$ref": "#"}}}},
                   {"properties": {"type": {"const": "all"}, "list": {"items": {"$ref": "#"}}}},
                   {"properties": {"type": {"const": "any"}, "list": {"items": {"$ref": "#"}}}}],
                 "required": ["type"]}
                """##
        )
        let value = (0..<40).reduce(JSON.object(["type": "leaf"])) { inner, level in
            ["type": level.isMultiple(of: 2) ? "all" : "any", "list": [inner]]
        }
        #expect(schema.violations(in: value) == [])
    }

    /// Random schemas of all keywords with random values, right ones and wrong ones.
    @Test(arguments: 0..<8 as Range<UInt64>)
    func `any schema is read or refused, and any check ends the same way`(seed: UInt64) throws {
        var source = RandomSchema(seed: seed)
        var compiled = 0
        for _ in 0..<400 {
            let json = source.schema()
            let schema: ValueSchema
            do { schema = try ValueSchema(json: json) } catch {
                #expect(!error.problems.isEmpty)
                continue
            }
            compiled += 1
            for _ in 0..<5 {
                let value = source.value()
                let all = schema.violations(in: value, limit: .max)
                #expect(schema.violations(in: value, limit: 2) == Array(all.prefix(2)))
                // A check that only wants to know comes to the same end.
                let negation = try ValueSchema(json: Self.wrapped(json))
                #expect(negation.fits(value) != all.isEmpty, "\(json) \(value)")
            }
        }
        #expect(compiled > 100)
    }

    /// A schema that fits what the other one does not.
    private static func wrapped(_ schema: JSON) -> JSON {
        // References are to "#/$defs/…", which moves along.
        var outer: [String: JSON] = ["not": schema]
        outer["$defs"] = schema["$defs"]
        return .object(outer)
    }
}
