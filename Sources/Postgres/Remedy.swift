/// What helps after an error.
public enum Remedy: Sendable, Hashable {
    /// Connect again and repeat: nothing of the statement or transaction was kept.
    case reconnect
    /// Repeat the whole transaction, after a short and random delay.
    case retryTransaction
    /// Wait, and ask for less: the server is out of something.
    case backOff
    /// Nothing but a change: the statement, its data or the configuration is wrong.
    case bug
    /// Look: the transaction may or may not have been committed.
    case unknownCommit
}

extension Remedy {
    /// Gives the remedy for an error that the server reported on a connection that still stands.
    init(for state: SQLState?) {
        guard let state else {
            self = .bug
            return
        }
        switch state {
        case .serializationFailure, .deadlockDetected, .lockNotAvailable, .queryCanceled:
            self = .retryTransaction
        case .completionUnknown:
            self = .unknownCommit
        // 25006 is what a connection to a demoted primary gives. 25P04 is a transaction that ran
        // out of time, 57P02 a crash, 57P03 a server that starts, 57P05 an idle session's end.
        case .readOnlyTransaction, .idleInTransactionTimeout, .adminShutdown,
            "25P04", "57P02", "57P03", "57P05":
            self = .reconnect
        default:
            switch state.errorClass {
            case "08": self = .reconnect
            case "53", "58": self = .backOff  // out of resources; the system under the server
            default: self = .bug
            }
        }
    }
}
