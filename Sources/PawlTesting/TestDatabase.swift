public import Postgres

/// The database of the test that is running.
///
/// ```swift
/// @Suite(.database) struct RefundTests {
///     let database = TestDatabase.current
///
///     @Test func `a refund is paid once`() async throws {
///         try await database.pool.run { session in … }
///     }
/// }
/// ```
///
/// Each test case has its own, so tests run beside one another and hear nothing of one another.
/// It goes when the test ends, with all that is still connected to it.
public struct TestDatabase: Sendable {
    /// How to connect to the database, as its owner.
    public let configuration: PostgresConfiguration
    /// Connections to the database, for the test's own use; none is open yet.
    public let pool: Pool

    @TaskLocal static var scoped: TestDatabase?

    /// The database of the test that is running.
    ///
    /// - Precondition: The test, or a suite around it, has the trait `.database` or
    ///   `.emptyDatabase`.
    public static var current: TestDatabase {
        guard let scoped else {
            preconditionFailure("no test database here: add .database to the suite's traits")
        }
        return scoped
    }

    /// The database's name.
    public var name: String { configuration.database ?? "" }

    init(_ configuration: PostgresConfiguration) {
        self.configuration = configuration
        pool = Pool(configuration)
    }

    /// Lets time pass: timers, leases and schedules see a clock that is `duration` ahead of before.
    public func advanceClock(by duration: Duration) async throws {
        try await pool.run { session in
            _ = try session.execute("update pawl.clock set shift = shift + \(duration)")
        }
    }
}
