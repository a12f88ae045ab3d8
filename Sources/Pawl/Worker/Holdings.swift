import Synchronization

/// The tasks in this worker's hands, and whether the database may think that there are more.
///
/// A claim whose answer is lost may have been made: then the database says that this worker holds
/// tasks which it has never heard of, and as long as the worker lives nobody would rescue them. So
/// doubt is remembered, and cleared up before the next claim.
final class Holdings: Sendable {
    private struct State {
        var tasks: Set<Int64> = []
        var isDoubtful = false
    }

    private let state = Mutex(State())

    var count: Int { state.withLock { $0.tasks.count } }
    var tasks: Set<Int64> { state.withLock { $0.tasks } }

    func take(_ tasks: [Int64]) { state.withLock { $0.tasks.formUnion(tasks) } }

    func drop(_ task: Int64) { state.withLock { _ = $0.tasks.remove(task) } }

    func doubt() { state.withLock { $0.isDoubtful = true } }

    /// Tells whether there was doubt, and trusts again.
    func resolveDoubt() -> Bool {
        state.withLock { state in
            defer { state.isDoubtful = false }
            return state.isDoubtful
        }
    }
}
