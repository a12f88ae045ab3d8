import Synchronization

/// Hands a connection's notifications to the streams that want them.
final class NotificationHub: Sendable {
    private struct Subscriber {
        let channels: Set<String>
        let continuation: AsyncStream<Notification>.Continuation
    }

    private struct State {
        var subscribers: [Int: Subscriber] = [:]
        var lastNumber = 0
    }

    private let state = Mutex(State())
    /// How many wait for a slow reader before the oldest are dropped.
    ///
    /// A notification is a hint to
    /// look, and who has this many unread has hints enough.
    private static let bufferLimit = 1_024

    func subscribe(to channels: [String]) -> AsyncStream<Notification> {
        let (stream, continuation) = AsyncStream.makeStream(
            of: Notification.self,
            bufferingPolicy: .bufferingNewest(Self.bufferLimit)
        )
        let number = state.withLock { state in
            state.lastNumber += 1
            state.subscribers[state.lastNumber] = Subscriber(
                channels: Set(channels),
                continuation: continuation
            )
            return state.lastNumber
        }
        continuation.onTermination = { [weak self] _ in
            // The removed subscriber is let go outside the lock.
            _ = self?.state.withLock { $0.subscribers.removeValue(forKey: number) }
        }
        return stream
    }

    func deliver(_ notification: Notification) {
        let interested = state.withLock { state in
            state.subscribers.values.filter { $0.channels.contains(notification.channel) }
        }
        for subscriber in interested { subscriber.continuation.yield(notification) }
    }

    func finish() {
        let all = state.withLock { state in
            defer { state.subscribers.removeAll() }
            return Array(state.subscribers.values)
        }
        for subscriber in all { subscriber.continuation.finish() }
    }
}
