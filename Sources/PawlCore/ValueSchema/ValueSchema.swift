/// What a JSON value has to look like: a JSON Schema (draft 2020-12), ready to check values.
///
/// A schema is compiled once into a list of rules that name one another by number:
///
///     {"properties": {"a": {"$ref": "#"}}}   →   0: an object whose member "a" fits 1
///                                                1: fits 0
///
/// Invariants:
///   1. Rule 0 is the whole schema, and every number names a rule.
///   2. Rules that apply to the same value never lead back to one another, so each round of a
///      recursion takes a step into the value.
///   3. A check ends whatever the schema and the value are: its depth and its work are bounded, and
///      a value that needs more does not fit.
///
/// All assertions of the draft are checked, and `format` for dates, times, UUIDs, email addresses
/// and URIs. Other documents are not read, `unevaluatedItems` and `unevaluatedProperties` are
/// refused, and unknown keywords are notes. Strings and keys are compared by what they spell.
package struct ValueSchema: Sendable {
    /// The most schemas that may be written within one another and side by side.
    static let maximumSchemas = 10_000

    /// What it was read from.
    private let json: JSON
    let rules: [SchemaRule]

    /// Reads a schema.
    ///
    /// - Parameters:
    ///   - json: The text of the schema.
    ///   - place: What the places of problems start with.
    /// - Throws: Everything that is wrong with it.
    package init(json: JSON, at place: String = "") throws(InvalidValueSchema) {
        var compiler = SchemaCompiler(json, at: place)
        compiler.compile()
        guard compiler.problems.isEmpty else {
            throw InvalidValueSchema(problems: compiler.problems)
        }
        rules = compiler.rules
        self.json = json
    }

    /// Returns in which ways a value does not fit; none if it fits.
    ///
    /// What is wrong with a value comes before what is wrong with its parts, and these come in the
    /// order of their keys or indices.
    ///
    /// - Parameters:
    ///   - value: The value.
    ///   - place: What the places start with: what the value is called.
    ///   - limit: The most that are returned, at least one.
    /// - Returns: The violations, each with its place.
    package func violations(
        in value: JSON,
        at place: String = "input",
        limit: Int = 20
    ) -> [Violation] {
        var check = SchemaCheck(rules, root: place, limit: max(limit, 1))
        return check.violations(in: value)
    }
}

extension ValueSchema: Hashable {
    /// Returns whether two schemas were read from the same text.
    package static func == (lhs: ValueSchema, rhs: ValueSchema) -> Bool { lhs.json == rhs.json }

    /// Hashes what the schema was read from.
    package func hash(into hasher: inout Hasher) { hasher.combine(json) }
}

/// Everything that is wrong with a schema; it cannot be used.
package struct InvalidValueSchema: Error, Hashable, Sendable, CustomStringConvertible {
    /// The problems; at least one.
    package let problems: [Problem]

    /// The problems, a line each.
    package var description: String { problems.map(\.description).joined(separator: "\n") }
}
