import PawlCore
import PawlStore
import PawlTesting
import Postgres
import Testing

/// Definitions and their versions.
@Suite(.database, .timeLimit(.minutes(20)))
struct WorkflowTests {
    let store = Storeroom()

    private func define(_ definition: Definition, makesCurrent: Bool = true) async throws -> String
    {
        let (version, isNew) = try await store.run {
            try $0.define(definition, makesCurrent: makesCurrent)
        }
        return isNew ? "new \(version)" : "known \(version)"
    }

    /// The version that new runs get.
    private func current() async throws -> Int {
        try await store.count("select version from pawl.workflow where name = 'job'")
    }

    @Test func `the same text is the same version, another one is the next`() async throws {
        #expect(try await define(.job("job")) == "new 1")
        #expect(try await define(.job("job")) == "known 1")
        #expect(try await define(.job("job", priority: 1)) == "new 2")
        #expect(try await define(.job("job", priority: 1)) == "known 2")
        #expect(try await define(.job("other")) == "new 1")
        #expect(
            try await store.run { try $0.workflows() }.map {
                "\($0.name) \($0.version) \($0.isCurrent)"
            }
                == ["job 2 true", "job 1 false", "other 1 true"]
        )
    }

    @Test func `spaces and the order of members make no version`() async throws {
        for text in [
            #"{"id": "w", "nodes": [{"id": "a", "type": "work"}]}"#,
            #"{ "nodes": [ {"type":"work","id":"a"} ], "id": "w" }"#,
        ] {
            _ = try await define(Definition(json: JSON(parsing: text.utf8)))
        }
        #expect(try await store.count("select count(*) from pawl.definition") == 1)
    }

    @Test func `an old worker that starts again does not turn back the version`() async throws {
        _ = try await define(.job("job"))
        _ = try await define(.job("job", priority: 1))
        #expect(try await define(.job("job"), makesCurrent: false) == "known 1")
        #expect(try await current() == 2)
        #expect(try await define(.job("job"), makesCurrent: true) == "known 1")
        #expect(try await current() == 1)
    }

    @Test func `many who define the same workflow at once make one version`() async throws {
        let versions = try await withThrowingTaskGroup(of: String.self) { group in
            for _ in 1...8 { group.addTask { try await define(.job("job")) } }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(versions.sorted() == [String](repeating: "known 1", count: 7) + ["new 1"])
    }

    @Test func `many who define different texts at once make a version each`() async throws {
        let versions = try await withThrowingTaskGroup(of: String.self) { group in
            for priority in 0...7 {
                group.addTask { try await define(.job("job", priority: priority)) }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(versions.sorted() == (1...8).map { "new \($0)" })
    }

    @Test func `a definition is read back as it was written`() async throws {
        let definition = try Definition.fan(2, people: 1)
        _ = try await define(definition)
        let text = try #require(try await store.run { try $0.definitionText(of: "fan") })
        #expect(try Definition(json: JSON(parsing: text)) == definition)
        #expect(try await store.run { try $0.definitionText(of: "fan", version: 2) } == nil)
        #expect(try await store.run { try $0.definitionText(of: "none") } == nil)
    }

    @Test func `a run goes on with the version that it began with`() async throws {
        _ = try await define(.job("job"))
        let worker = try await store.worker()
        let old = try await store.enqueue()
        _ = try await define(.job("job", priority: 1))
        let new = try await store.enqueue()
        #expect(
            try await store.claim(for: worker).map { [$0.run: $0.version] } == [[new: 2], [old: 1]]
        )
    }

    @Test func `a definition that cannot be used is refused by the database too`() async throws {
        _ = try await define(.job("job"))
        for (change, constraint) in [
            (
                "insert into pawl.definition values ('job', 0, '{}', 'x', 'a', 'b')",
                "definition_version_counts_from_one"
            ),
            (
                "insert into pawl.definition values ('job', 2, '{}', 'x', 'a', 'b', '')",
                "definition_queue_is_named"
            ),
            (
                "insert into pawl.definition values ('job', 2, '{}', 'x', 'a', 'b', 'q', 10)",
                "definition_priority_in_range"
            ),
            ("update pawl.workflow set version = 3", "workflow_version_is_defined"),
            ("insert into pawl.workflow values ('', 1)", "workflow_is_named"),
        ] {
            let refusal = try await store.refusal(of: SQL(verbatim: change))
            #expect(refusal?.constraint == constraint)
        }
    }
}
