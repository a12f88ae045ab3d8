public import FoundationEssentials
public import PawlCore
import PawlStore
import Postgres

extension Client {
    /// When a stream ends.
    public enum StreamEnd: Hashable, Sendable {
        /// With the run.
        case run
        /// With the run, or when it waits for something from outside.
        case waiting
        /// With what is recorded by now.
        case recorded
    }

    /// Follows a run: what happens in it, made from its history.
    ///
    /// It may begin before, while or after the run is executed, in any process. Items of the events
    /// up to `seq` are left out, so that a follower that was interrupted goes on after the last one
    /// it has seen. New events are looked for every `interval`.
    ///
    /// - Throws: ``RunNotFound`` from the sequence if there is no such run.
    public func stream(
        _ run: UUID,
        modes: Set<StreamMode> = [.updates],
        after seq: Int = -1,
        until end: StreamEnd = .run,
        interval: Duration = .milliseconds(200)
    ) -> AsyncThrowingStream<StreamItem, any Error> {
        AsyncThrowingStream { continuation in
            let task = Task {
                do {
                    try await follow(run, until: end, interval) { item in
                        if item.seq > seq, modes.contains(item.mode) { continuation.yield(item) }
                    }
                    continuation.finish()
                } catch {
                    continuation.finish(throwing: error)
                }
            }
            continuation.onTermination = { _ in task.cancel() }
        }
    }

    private func follow(
        _ run: UUID,
        until end: StreamEnd,
        _ interval: Duration,
        _ tell: @Sendable (StreamItem) -> Void
    ) async throws {
        guard let (definition, known) = try await pool.run({ try $0.knowledge(of: run) }) else {
            throw RunNotFound(run: run)
        }
        let input = try JSON(parsing: known.projection.input)
        var projector = StreamProjector(definition, input: input)
        for item in projector.beginning() { tell(item) }
        var seq = 0
        while true {
            // The status is read first: what ended by then has all its events.
            let last = seq
            let (status, page) = try await pool.run { session in
                (try session.status(of: run), try session.events(of: run, after: last))
            }
            for recorded in page {
                seq = recorded.seq
                guard let event = recorded.event else { continue }
                for item in projector.items(for: event, seq: seq) { tell(item) }
            }
            guard page.isEmpty else { continue }
            switch end {
            case .recorded: return
            case .waiting where status == .waiting || status == .paused: return
            case .run, .waiting: if status?.isFinal ?? true { return }
            }
            try await Task.sleep(for: interval)
        }
    }
}

/// There is no run of that id.
public struct RunNotFound: Error, Hashable, Sendable, CustomStringConvertible {
    /// The id.
    public let run: UUID

    /// What is not there.
    public var description: String { "run \(run.text) does not exist" }
}
