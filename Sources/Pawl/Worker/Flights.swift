import PawlStore
import Synchronization

/// The steps that this worker is executing, by task.
final class Flights: Sendable {
    private let aloft = Mutex<[Int64: Flight]>([:])

    var count: Int { aloft.withLock { $0.count } }
    var all: [Flight] { aloft.withLock { Array($0.values) } }

    /// Begins a flight.
    ///
    /// One of the same task that is aloft still has lost its lease: this worker has claimed the task
    /// anew, before it was told.
    func begin(_ flight: Flight) {
        let displaced = aloft.withLock { $0.updateValue(flight, forKey: flight.claim.task) }
        displaced?.revoke(because: .lost)
    }

    /// Ends a flight; a later one of the same task stays.
    func end(_ flight: Flight) {
        aloft.withLock { flights in
            if flights[flight.claim.task] === flight { flights[flight.claim.task] = nil }
        }
    }

    func revoke(_ tasks: [Int64], because reason: Flight.Revocation) {
        let flights = aloft.withLock { aloft in tasks.compactMap { aloft[$0] } }
        for flight in flights { flight.revoke(because: reason) }
    }

    func revokeAll(because reason: Flight.Revocation) {
        for flight in all { flight.revoke(because: reason) }
    }
}
