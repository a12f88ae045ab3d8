import Foundation
import Testing

@testable import PawlCore

/// The published JSON Schema of definitions, `docs/definition.schema.json`.
struct PublishedSchemaTests {
    /// Reads a file of the repository, or of a package that has links to its folders.
    private func json(_ path: String) throws -> JSON {
        let folder = URL(filePath: #filePath).deletingLastPathComponent()
        let root = folder.deletingLastPathComponent().deletingLastPathComponent()
        return try JSON(parsing: Data(contentsOf: root.appending(path: path)))
    }

    private func schema() throws -> ValueSchema {
        try ValueSchema(json: json("docs/definition.schema.json"))
    }

    @Test func `the example's definition has the published form`() throws {
        let definition = try json("Examples/LicenceAudit/definition.json")
        #expect(try schema().violations(in: definition, at: "") == [])
    }

    @Test(arguments: PublishedForm.samples)
    func `every type of node and every member has a place in the form`(text: String) throws {
        #expect(try schema().violations(in: JSON(parsing: text.utf8), at: "") == [])
    }

    @Test func `the samples show every type of node`() throws {
        let types = try PublishedForm.samples.flatMap { text in
            try JSON(parsing: text.utf8)["nodes"]?.arrayValue ?? []
        }.compactMap { $0["type"]?.stringValue }
        let known = try json("docs/definition.schema.json")["$defs"]?["node"]?["properties"]?[
            "type"
        ]
        let names = known?["examples"]?.arrayValue?.compactMap(\.stringValue) ?? []
        #expect(names.count == 18)
        #expect(Set(names).subtracting(types) == [])
    }

    @Test(arguments: PublishedForm.samples)
    func `what has the form can be read`(text: String) throws {
        let report = Definition.check(try JSON(parsing: text.utf8))
        // The samples are forms only, and no graphs that hang together.
        #expect(report.errors.filter { Self.isAboutForm($0) } == [])
        #expect(report.warnings.filter { $0.code == .malformed } == [])
    }

    @Test(arguments: PublishedForm.brokenNodes.map(\.0))
    func `another form of a node is told by the reader, too`(node: String) throws {
        let text = #"{"id": "w", "nodes": [\#(node)]}"#
        let report = Definition.check(try JSON(parsing: text.utf8))
        #expect((report.errors + report.warnings).contains(where: Self.isAboutForm))
    }

    @Test(arguments: PublishedForm.broken.map(\.0))
    func `another form is told by the reader, too`(text: String) throws {
        let report = Definition.check(try JSON(parsing: text.utf8))
        #expect(!(report.errors + report.warnings).isEmpty)
    }

    private static func isAboutForm(_ problem: Problem) -> Bool {
        switch problem.code {
        case .malformed, .unknownMember, .unknownOperator, .badContainer, .doubtful: true
        default: false
        }
    }

    @Test
    func `the members of configs are those of the form`() throws {
        let parts = try json("docs/definition.schema.json")["$defs"]
        for type in [
            "log", "switch", "parallel", "loop", "branch", "wait", "human", "reasoning",
            "workflow", "http", "command",
        ] {
            let published = parts?[type]?["properties"]?.objectValue?.keys.sorted()
            let known = ConfigForm.of(type, [:])?.members.keys.sorted()
            #expect(published == known, "\(type)")
        }
    }

    @Test(arguments: PublishedForm.broken)
    func `another form is refused at its place`(text: String, violation: String) throws {
        let violations = try schema().violations(in: JSON(parsing: text.utf8), at: "")
        #expect(violations.first?.description == violation)
    }

    @Test(arguments: PublishedForm.brokenNodes)
    func `another form of a node is refused at its place`(node: String, violation: String) throws {
        let text = #"{"id": "w", "nodes": [\#(node)]}"#
        let violations = try schema().violations(in: JSON(parsing: text.utf8), at: "")
        #expect(violations.first?.description == "nodes[0]\(violation)")
    }
}
