import CLibPQ
import Dispatch
import Synchronization

/// Cancels the statement that a connection is executing, and never the next one.
///
/// PostgreSQL cancels whatever a connection executes when the request arrives. So a request is
/// sent with the gate's lock held, and the end of a statement takes the same lock: no statement
/// begins while a request for an earlier one is on its way.
///
/// A request that arrives before its statement is ignored by the server. It is therefore repeated
/// for as long as the statement lasts.
final class CancelGate: Sendable {
    private struct State {
        /// The work on the connection that may be cancelled as a whole; 0 is none.
        var run: UInt64 = 0
        var lastRun: UInt64 = 0
        /// True if a statement of the run is being executed that may be cancelled.
        var isExecuting = false
        /// True if the run was asked to end: it may start no other statement.
        var isCancelled = false
        /// True if the server was asked to cancel the present statement.
        var wasAsked = false
    }

    private let state = Mutex(State())
    private let request: ForeignPointer?
    /// Where requests are sent, each of which is a connection of its own and blocks.
    ///
    /// A serial queue brings a thread of its own, where the global queues share theirs with the
    /// cooperative pool.
    private let queue = DispatchQueue(label: "postgres.cancel")
    /// From one request to the next; a statement that began in between is caught by the second.
    private static let interval = DispatchTimeInterval.milliseconds(50)

    init(connection: OpaquePointer) {
        request = PQgetCancel(connection).map(ForeignPointer.init(raw:))
    }

    deinit {
        if let request { PQfreeCancel(request.raw) }
    }

    /// Begins work that can be cancelled, and returns its number.
    func enter() -> UInt64 {
        state.withLock { state in
            state.lastRun += 1
            state.run = state.lastRun
            state.isCancelled = false
            return state.run
        }
    }

    func leave() {
        state.withLock { state in
            state.run = 0
            state.isCancelled = false
        }
    }

    /// Begins a statement, unless its run is cancelled; then it returns false.
    ///
    /// A shielded statement is executed in any case and cannot be cancelled.
    func begin(isShielded: Bool) -> Bool {
        state.withLock { state in
            if state.isCancelled && !isShielded { return false }
            state.isExecuting = state.run != 0 && !isShielded
            state.wasAsked = false
            return true
        }
    }

    /// Ends a statement, after any request in flight, and returns whether there was one.
    func end() -> Bool {
        state.withLock { state in
            state.isExecuting = false
            return state.wasAsked
        }
    }

    /// Cancels `run`, and returns at once.
    func cancel(_ run: UInt64) {
        queue.async { self.request(for: run) }
    }

    /// Sends a request if a statement of `run` is being executed, and sees to the next one.
    func request(for run: UInt64) {
        let isOver = state.withLock { state in
            guard state.run == run else { return true }
            state.isCancelled = true
            if state.isExecuting, let request {
                state.wasAsked = true
                // Whether the request failed shows in whether the statement ends.
                withUnsafeTemporaryAllocation(of: CChar.self, capacity: 256) { reason in
                    _ = PQcancel(request.raw, reason.baseAddress, 256)
                }
            }
            return false
        }
        guard !isOver else { return }
        queue.asyncAfter(deadline: .now() + Self.interval) {
            self.request(for: run)
        }
    }
}
