import Synchronization

/// The tasks in this worker's hands, and whether the database may think that there are more.
///
///     take ──▶ at work ──▶ handed over to be settled ──▶ dropped
///
/// A claim whose answer is lost may have been made: then the database says that this worker holds
/// tasks which it has never heard of, and as long as the worker lives nobody would rescue them. So
/// doubt is remembered, and cleared up before the next claim.
final class Holdings: Sendable {
    private struct State {
        /// By task, how often it is held: a task may be claimed anew before its settlement is
        /// acknowledged.
        var tasks: [Int64: Int] = [:]
        var settling = 0
        var isDoubtful = false
    }

    private let state = Mutex(State())

    var count: Int { state.withLock { $0.tasks.count } }
    var tasks: Set<Int64> { state.withLock { Set($0.tasks.keys) } }

    /// How many more steps may be taken up, if that many may be at work.
    ///
    /// A step that is over needs no slot while it is settled, but as many may wait for that as there are
    /// slots: what waits is done once more if the worker dies.
    func room(of slots: Int) -> Int {
        state.withLock { state in
            min(slots - (state.tasks.count - state.settling), slots - state.settling)
        }
    }

    func take(_ tasks: [Int64]) {
        state.withLock { state in
            for task in tasks { state.tasks[task, default: 0] += 1 }
        }
    }

    /// Notes that what a task came to is about to be written, after which this worker is done with it.
    func handOver() { state.withLock { $0.settling += 1 } }

    /// Notes that a task which was handed over is settled.
    func dropSettled(_ task: Int64) {
        state.withLock { state in
            state.settling -= 1
            drop(task, &state)
        }
    }

    func drop(_ task: Int64) { state.withLock { drop(task, &$0) } }

    private func drop(_ task: Int64, _ state: inout State) {
        guard let times = state.tasks[task] else { return }
        state.tasks[task] = times > 1 ? times - 1 : nil
    }

    func doubt() { state.withLock { $0.isDoubtful = true } }

    /// Tells whether there was doubt, and trusts again.
    func resolveDoubt() -> Bool {
        state.withLock { state in
            defer { state.isDoubtful = false }
            return state.isDoubtful
        }
    }
}
