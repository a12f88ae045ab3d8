import FoundationEssentials
import PawlCore
import PawlStore
import Postgres
import Synchronization

/// What is known of the runs that this worker had to do with lately.
///
/// A history only grows, so what was read once is read on from there. Without this a run with
/// thousands of branches would be read from the beginning for each of them.
final class HistoryCache: Sendable {
    private struct Entry {
        var run: KnownRun
        var lastUse: Int
    }

    private struct State {
        var entries: [UUID: Entry] = [:]
        var uses = 0
    }

    private let state = Mutex(State())

    /// As many runs as a busy worker is likely to meet again.
    private static let capacity = 1_024

    /// What is known of runs by now; `inputs` are theirs, which the caller has at hand.
    func learn(
        _ inputs: [UUID: [UInt8]],
        with session: Session
    ) throws(PostgresError) -> [UUID:
        KnownRun]
    {
        var known = state.withLock { state in
            inputs.reduce(into: [UUID: KnownRun]()) { known, run in
                known[run.key] =
                    state.entries[run.key]?.run ?? KnownRun(input: run.value, run: run.key)
            }
        }
        try session.learn(&known)
        state.withLock { state in
            state.uses += 1
            for (run, learnt) in known {
                // Another one may have learnt more at the same time.
                if let entry = state.entries[run], entry.run.seq > learnt.seq { continue }
                state.entries[run] = Entry(run: learnt, lastUse: state.uses)
            }
            forgetOldest(&state)
        }
        return known
    }

    private func forgetOldest(_ state: inout State) {
        guard state.entries.count > Self.capacity else { return }
        let uses = state.entries.values.map(\.lastUse).sorted()
        let limit = uses[uses.count - Self.capacity / 2]
        state.entries = state.entries.filter { $0.value.lastUse >= limit }
    }
}
