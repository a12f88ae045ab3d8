import PawlStore
import Postgres
public import Testing

/// Gives each test case a database of its own.
///
/// Write it as `.database` or `.emptyDatabase`.
public struct DatabaseTrait: SuiteTrait, TestTrait, TestScoping {
    let isMigrated: Bool
    let isVerified: Bool

    /// True: a suite's trait counts for each test in it.
    public var isRecursive: Bool { true }

    /// Runs `function` with a new database as ``TestDatabase/current``, and drops it afterwards.
    @concurrent public func provideScope(
        for test: Test,
        testCase: Test.Case?,
        performing function: @Sendable @concurrent () async throws -> Void
    ) async throws {
        // A test that has a database and asks for another must not wait for others like it.
        if TestDatabase.scoped != nil { return try await withDatabase(performing: function) }
        await Turns.shared.take()
        let result = await result { try await withDatabase(performing: function) }
        await Turns.shared.giveBack()
        try result.get()
    }

    private func withDatabase(
        performing function: @Sendable @concurrent () async throws -> Void
    ) async throws {
        let database = try await TestServer.shared.makeDatabase(isMigrated: isMigrated)
        let result = await result {
            try await TestDatabase.$scoped.withValue(database) { try await function() }
            if isVerified { try await verify(database) }
        }
        try await TestServer.shared.drop(database)
        try result.get()
    }

    /// Every invariant holds after every test, whatever the test was about.
    private func verify(_ database: TestDatabase) async throws {
        for (invariant, violations) in try await database.pool.run({ try $0.verify() })
        where !violations.isEmpty {
            Issue.record(
                "\(invariant.name): \(invariant.statement), but \(violations.joined(separator: "; "))"
            )
        }
    }

    /// Holds an error back until what has to follow in any case is done.
    private func result(of work: () async throws -> Void) async -> Result<Void, any Error> {
        do {
            return .success(try await work())
        } catch {
            return .failure(error)
        }
    }
}

extension Trait where Self == DatabaseTrait {
    /// A database of the test's own, with Pawl's schema.
    ///
    /// On a suite, each test case in it has its own. The server is a private one that starts with
    /// the first test that needs it and ends with the process; it needs PostgreSQL's programs and
    /// nothing else.
    ///
    /// When the test has ended all invariants of the schema are checked; a breach fails the test.
    public static var database: Self { Self(isMigrated: true, isVerified: true) }

    /// A database with Pawl's schema for a test that leaves it in a state that should not be.
    public static var corruptibleDatabase: Self { Self(isMigrated: true, isVerified: false) }

    /// A database of the test's own with nothing in it.
    public static var emptyDatabase: Self { Self(isMigrated: false, isVerified: false) }
}
