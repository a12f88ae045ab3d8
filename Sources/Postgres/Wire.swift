import CLibPQ
import Glibc

/// One connection of libpq, and what belongs to it.
///
/// Every exchange with the server is bracketed by `begin` and `conclude`, which keep the gate, the
/// notices, and the knowledge of what a lost connection means.
final class Wire {
    let gate: CancelGate
    let preparesStatements: Bool
    var cache = StatementCache()
    /// What the server remarked during the last exchange.
    private(set) var notices: [Notice] = []
    var noticeHandler: ((Notice) -> Void)?
    var notificationHandler: ((Notification) -> Void)?
    /// `nil` once closed.
    private var connection: OpaquePointer?

    /// Connects, and waits for it.
    init(_ configuration: PostgresConfiguration) throws(PostgresError) {
        let connection = connect(configuration.connectionKeywords)
        guard let connection else {
            throw PostgresError("could not connect: out of memory", remedy: .backOff)
        }
        guard PQstatus(connection) == CONNECTION_OK else {
            defer { PQfinish(connection) }
            throw PostgresError(opening: connection)
        }
        self.connection = connection
        gate = CancelGate(connection: connection)
        preparesStatements = configuration.preparesStatements
        PQsetNoticeReceiver(
            connection,
            { wire, result in
                guard let wire, let result else { return }
                Unmanaged<Wire>.fromOpaque(wire).takeUnretainedValue().receive(
                    Notice(result: result)
                )
            },
            Unmanaged.passUnretained(self).toOpaque()
        )
    }

    deinit { close() }

    func close() {
        guard let connection else { return }
        PQfinish(connection)
        self.connection = nil
    }

    var isLost: Bool { connection.map { PQstatus($0) == CONNECTION_BAD } ?? true }

    var socket: Int32 { connection.map { PQsocket($0) } ?? -1 }

    var processID: Int32 { connection.map { PQbackendPID($0) } ?? 0 }

    var transactionStatus: PGTransactionStatusType {
        connection.map { PQtransactionStatus($0) } ?? PQTRANS_UNKNOWN
    }

    private func receive(_ notice: Notice) {
        if notices.count == Notice.limit { notices.removeFirst() }
        notices.append(notice)
        noticeHandler?(notice)
    }

    /// Takes in what the server sent unasked, and returns false if the connection is gone.
    func readUnasked() -> Bool {
        guard let connection, PQstatus(connection) == CONNECTION_OK else { return false }
        guard PQconsumeInput(connection) != 0 else { return false }
        deliverNotifications(connection)
        return PQstatus(connection) == CONNECTION_OK
    }

    private func deliverNotifications(_ connection: OpaquePointer) {
        while let raw = PQnotifies(connection) {
            let notification = Notification(
                channel: String(cString: raw.pointee.relname),
                payload: String(cString: raw.pointee.extra),
                processID: raw.pointee.be_pid
            )
            PQfreemem(raw)
            notificationHandler?(notification)
        }
    }
}

extension Wire {
    /// What `conclude` must know of how things stood before an exchange.
    struct Exchange {
        let connection: OpaquePointer
        let wasInTransaction: Bool
    }

    /// Opens an exchange with the server.
    ///
    /// - Throws: If nothing can be sent; then nothing was.
    func begin(isShielded: Bool = false) throws(PostgresError) -> Exchange {
        guard let connection else { throw .closed("session") }
        guard PQstatus(connection) == CONNECTION_OK else { throw lost() }
        guard gate.begin(isShielded: isShielded) else { throw .cancelledBefore }
        notices.removeAll(keepingCapacity: true)
        return Exchange(
            connection: connection,
            wasInTransaction: PQtransactionStatus(connection) != PQTRANS_IDLE
        )
    }

    /// Closes an exchange, and throws what it failed with, knowing now what that means.
    func conclude(
        _ exchange: Exchange,
        _ failure: PostgresError?,
        effect: @autoclosure () -> StatementEffect
    ) throws(PostgresError) {
        let wasAskedToCancel = gate.end()
        deliverNotifications(exchange.connection)
        if let failure {
            throw explained(
                failure,
                exchange,
                wasAskedToCancel: wasAskedToCancel,
                effect: effect
            )
        }
        try checkReplication()
    }

    private func explained(
        _ failure: PostgresError,
        _ exchange: Exchange,
        wasAskedToCancel: Bool,
        effect: () -> StatementEffect
    ) -> PostgresError {
        if PQstatus(exchange.connection) == CONNECTION_BAD {
            cache.forgetAll()
            let effect = effect()
            let mayHaveCommitted =
                effect == .commits || (effect == .writes && !exchange.wasInTransaction)
            guard mayHaveCommitted else { return failure.with(remedy: .reconnect) }
            return failure.with(
                remedy: .unknownCommit,
                hint: "look whether the transaction was committed before repeating it"
            )
        }
        switch failure.sqlState {
        case .queryCanceled? where wasAskedToCancel:
            return failure.with(remedy: failure.remedy, isCancellation: true)
        case .invalidStatementName?, .duplicatePreparedStatement?:
            guard preparesStatements else { return failure }
            cache.forgetAll()
            return failure.with(
                remedy: failure.remedy,
                hint: "behind a pooler that shares connections between transactions, "
                    + "set preparesStatements to false"
            )
        default:
            return failure
        }
    }

    /// Refuses to call a transaction durable that perhaps no standby has.
    private func checkReplication() throws(PostgresError) {
        guard let warning = notices.first(where: \.saysReplicationUnknown) else { return }
        throw PostgresError(
            warning.message,
            remedy: .unknownCommit,
            sqlState: warning.sqlState,
            detail: warning.detail,
            severity: warning.severity
        )
    }

    /// Makes the error for a connection that was found lost before anything was sent.
    func lost() -> PostgresError {
        let reason = notices.last { $0.severity == "FATAL" || $0.severity == "PANIC" }
        return PostgresError(
            "the connection was lost" + (reason.map { ": " + $0.message } ?? ""),
            remedy: .reconnect,
            sqlState: reason?.sqlState,
            severity: "FATAL"
        )
    }
}

/// Connects with `keywords` and their values, which C wants as two lists that end in null.
private func connect(_ keywords: [String: String]) -> OpaquePointer? {
    var names: [UnsafeMutablePointer<CChar>?] = []
    var values: [UnsafeMutablePointer<CChar>?] = []
    for (name, value) in keywords {
        names.append(strdup(name))
        values.append(strdup(value))
    }
    defer {
        for pointer in names { free(pointer) }
        for pointer in values { free(pointer) }
    }
    let constantNames = names.map { UnsafePointer($0) } + [nil]
    let constantValues = values.map { UnsafePointer($0) } + [nil]
    return PQconnectdbParams(constantNames, constantValues, 0)
}
