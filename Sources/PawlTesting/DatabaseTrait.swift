public import Testing

/// Gives each test case a database of its own.
///
/// Write it as ``Testing/Trait/database`` or ``Testing/Trait/emptyDatabase``.
public struct DatabaseTrait: SuiteTrait, TestTrait, TestScoping {
    let isMigrated: Bool

    /// True: a suite's trait counts for each test in it.
    public var isRecursive: Bool { true }

    /// Runs `function` with a new database as ``TestDatabase/current``, and drops it afterwards.
    public func provideScope(
        for test: Test,
        testCase: Test.Case?,
        performing function: @Sendable () async throws -> Void
    ) async throws {
        // A test that has a database and asks for another must not wait for others like it.
        let isNested = TestDatabase.scoped != nil
        if !isNested { await Turns.shared.take() }
        do {
            try await withDatabase(performing: function)
        } catch {
            if !isNested { await Turns.shared.giveBack() }
            throw error
        }
        if !isNested { await Turns.shared.giveBack() }
    }

    private func withDatabase(
        performing function: @Sendable () async throws -> Void
    ) async throws {
        let database = try await TestServer.shared.makeDatabase(isMigrated: isMigrated)
        do {
            try await TestDatabase.$scoped.withValue(database) { try await function() }
        } catch {
            try await TestServer.shared.drop(database)
            throw error
        }
        try await TestServer.shared.drop(database)
    }
}

extension Trait where Self == DatabaseTrait {
    /// A database of the test's own, with Pawl's schema.
    ///
    /// On a suite, each test case in it has its own. The server is a private one that starts with
    /// the first test that needs it and ends with the process; it needs PostgreSQL's programs and
    /// nothing else.
    public static var database: Self { Self(isMigrated: true) }

    /// A database of the test's own with nothing in it.
    public static var emptyDatabase: Self { Self(isMigrated: false) }
}
