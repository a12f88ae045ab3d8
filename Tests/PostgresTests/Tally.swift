import Synchronization

/// Counts who is inside, and remembers the most at once and who came in which order.
final class Tally: Sendable {
    private struct State {
        var inside = 0
        var most = 0
        var order: [Int] = []
    }

    private let state = Mutex(State())

    func enter(_ number: Int = 0) {
        state.withLock { state in
            state.inside += 1
            state.most = max(state.most, state.inside)
            state.order.append(number)
        }
    }

    func leave() { state.withLock { $0.inside -= 1 } }

    var most: Int { state.withLock { $0.most } }
    var order: [Int] { state.withLock { $0.order } }
}
