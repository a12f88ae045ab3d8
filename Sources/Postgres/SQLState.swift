/// PostgreSQL's five-character code of an error's or a notice's kind.
///
/// The first two characters name a class, which ``errorClass`` gives.
public struct SQLState: RawRepresentable, Hashable, Sendable {
    /// The code, such as `23505`.
    public let rawValue: String

    /// Creates a code from its five characters.
    public init(rawValue: String) {
        self.rawValue = rawValue
    }

    /// The first two characters, such as `23` for violated constraints.
    public var errorClass: String { String(rawValue.prefix(2)) }
}

extension SQLState {
    /// A generic warning.
    public static let warning = SQLState(rawValue: "01000")
    /// The server or libpq does not do what was asked; also what a stale prepared plan gives.
    public static let featureNotSupported = SQLState(rawValue: "0A000")
    /// Text that is not valid in the database's encoding.
    public static let characterNotInRepertoire = SQLState(rawValue: "22021")
    /// A value that its type's input function refuses.
    public static let invalidTextRepresentation = SQLState(rawValue: "22P02")
    /// Null in a column that does not take it.
    public static let notNullViolation = SQLState(rawValue: "23502")
    /// A reference to a row that is not there, or the removal of one that is referred to.
    public static let foreignKeyViolation = SQLState(rawValue: "23503")
    /// A second row with the same key.
    public static let uniqueViolation = SQLState(rawValue: "23505")
    /// A row that a CHECK refuses.
    public static let checkViolation = SQLState(rawValue: "23514")
    /// A write in a read-only transaction or on a standby.
    public static let readOnlyTransaction = SQLState(rawValue: "25006")
    /// A statement after one that failed, in the same transaction.
    public static let inFailedTransaction = SQLState(rawValue: "25P02")
    /// The server ended a connection that was idle inside a transaction.
    public static let idleInTransactionTimeout = SQLState(rawValue: "25P03")
    /// A prepared statement that the server does not know.
    public static let invalidStatementName = SQLState(rawValue: "26000")
    /// The wrong password.
    public static let invalidPassword = SQLState(rawValue: "28P01")
    /// Something cannot be dropped, because something else depends on it.
    public static let dependentObjectsStillExist = SQLState(rawValue: "2BP01")
    /// A database that does not exist.
    public static let unknownDatabase = SQLState(rawValue: "3D000")
    /// Concurrent transactions that cannot be put in an order.
    public static let serializationFailure = SQLState(rawValue: "40001")
    /// The server does not know whether the statement completed.
    public static let completionUnknown = SQLState(rawValue: "40003")
    /// Transactions that wait for each other.
    public static let deadlockDetected = SQLState(rawValue: "40P01")
    /// Missing rights.
    public static let insufficientPrivilege = SQLState(rawValue: "42501")
    /// A statement that does not parse.
    public static let syntaxError = SQLState(rawValue: "42601")
    /// A table that does not exist.
    public static let undefinedTable = SQLState(rawValue: "42P01")
    /// A prepared statement whose name is taken.
    public static let duplicatePreparedStatement = SQLState(rawValue: "42P05")
    /// No connection is free on the server.
    public static let tooManyConnections = SQLState(rawValue: "53300")
    /// A lock that could not be had in time.
    public static let lockNotAvailable = SQLState(rawValue: "55P03")
    /// A statement that was cancelled, or that ran out of time.
    public static let queryCanceled = SQLState(rawValue: "57014")
    /// The server ended the connection on an administrator's command.
    public static let adminShutdown = SQLState(rawValue: "57P01")
}

extension SQLState: CustomStringConvertible {
    /// The five characters.
    public var description: String { rawValue }
}

extension SQLState: ExpressibleByStringLiteral {
    /// Creates a code from its five characters.
    public init(stringLiteral value: String) {
        self.init(rawValue: value)
    }
}
