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
        var bytes = 0
    }

    private let state = Mutex(State())

    /// As many runs as a busy worker is likely to meet again.
    private static let capacity = 1_024
    /// As many bytes of what was read; in memory they take a few times as much.
    private static let mostBytes = 64 << 20

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
                state.bytes += learnt.bytes - (state.entries[run]?.run.bytes ?? 0)
                state.entries[run] = Entry(run: learnt, lastUse: state.uses)
            }
            forgetOldest(&state)
        }
        return known
    }

    /// Nothing of the run will be executed any more.
    func forget(_ run: UUID) {
        state.withLock { state in
            state.bytes -= state.entries.removeValue(forKey: run)?.run.bytes ?? 0
        }
    }

    /// Keeps the half of the runs that were met last, or as many of them as the bytes allow.
    private func forgetOldest(_ state: inout State) {
        guard state.entries.count > Self.capacity || state.bytes > Self.mostBytes else { return }
        var kept: [UUID: Entry] = [:]
        var bytes = 0
        for (run, entry) in state.entries.sorted(by: { $0.value.lastUse > $1.value.lastUse }) {
            guard kept.count < Self.capacity / 2, bytes + entry.run.bytes <= Self.mostBytes / 2
            else { break }
            kept[run] = entry
            bytes += entry.run.bytes
        }
        (state.entries, state.bytes) = (kept, bytes)
    }
}
