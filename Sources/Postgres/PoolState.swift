/// What a pool has, who waits for it, and who is next.
///
/// A connection is idle, lent or being opened; `size` counts all three and never exceeds the
/// maximum.
///
/// Invariants:
///   (1) While somebody waits, nothing is idle and `size` is the maximum.
///   (2) Who waits longest is served first, before anyone who asks later.
struct PoolState<Item: Sendable> {
    /// What somebody who asks is given.
    enum Grant: Sendable {
        case item(Item, since: ContinuousClock.Instant)
        /// The right to open one more.
        case vacancy
    }

    typealias Waiter = @Sendable (Result<Grant, any Error>) -> Void

    private struct Idle {
        let item: Item
        let opened: ContinuousClock.Instant
        let idleSince: ContinuousClock.Instant
    }

    let configuration: PoolConfiguration
    private(set) var size = 0
    private(set) var isClosed = false
    private var idle: [Idle] = []
    private var waiters: [(number: UInt64, waiter: Waiter)] = []
    private var lastNumber: UInt64 = 0

    init(_ configuration: PoolConfiguration) {
        precondition(configuration.maximumConnections >= 1, "a pool without room")
        self.configuration = configuration
    }

    /// Takes what is there, or returns `nil` if one must wait.
    mutating func take(now: ContinuousClock.Instant) -> (grant: Grant?, expired: [Item]) {
        let maximumAge = configuration.maximumAge
        let expired = removeIdle { now - $0.opened >= maximumAge }
        // The last one returned, so that those not needed grow old.
        if let newest = idle.popLast() {
            return (.item(newest.item, since: newest.opened), expired)
        }
        guard size < configuration.maximumConnections else { return (nil, expired) }
        size += 1
        return (.vacancy, expired)
    }

    var waiting: Int { waiters.count }

    mutating func newNumber() -> UInt64 {
        lastNumber += 1
        return lastNumber
    }

    mutating func wait(_ number: UInt64, _ waiter: @escaping Waiter) {
        waiters.append((number, waiter))
    }

    mutating func stopWaiting(_ number: UInt64) -> Waiter? {
        guard let index = waiters.firstIndex(where: { $0.number == number }) else { return nil }
        return waiters.remove(at: index).waiter
    }

    /// What becomes of an item that was given back.
    enum Return {
        case kept
        case next(Waiter)
        /// To be closed, and then vacated.
        case refused
    }

    /// Takes back a usable item.
    mutating func giveBack(
        _ item: Item,
        opened: ContinuousClock.Instant,
        now: ContinuousClock.Instant
    ) -> Return {
        if isClosed || now - opened >= configuration.maximumAge { return .refused }
        if let waiter = nextWaiter() { return .next(waiter) }
        idle.append(Idle(item: item, opened: opened, idleSince: now))
        return .kept
    }

    /// Counts one less, and gives who may open one in its place.
    mutating func vacate() -> (Waiter, Grant)? {
        size -= 1
        guard !isClosed, let waiter = nextWaiter() else { return nil }
        size += 1
        return (waiter, .vacancy)
    }

    /// Removes what has been idle for too long, except the minimum.
    mutating func removeExpired(now: ContinuousClock.Instant) -> [Item] {
        var spare = idle.count - configuration.minimumIdle
        let idleTimeout = configuration.idleTimeout
        return removeIdle { idle in
            guard spare > 0, now - idle.idleSince >= idleTimeout else { return false }
            spare -= 1
            return true
        }
    }

    /// True if something idle is not for keeping.
    var hasSpare: Bool { idle.count > configuration.minimumIdle }

    /// Lets nobody in any more; gives who waits in vain, and what is idle.
    mutating func close() -> (waiters: [Waiter], items: [Item]) {
        isClosed = true
        defer { waiters.removeAll() }
        return (waiters.map(\.waiter), removeIdle { _ in true })
    }

    private mutating func nextWaiter() -> Waiter? {
        waiters.isEmpty ? nil : waiters.removeFirst().waiter
    }

    private mutating func removeIdle(where isGone: (Idle) -> Bool) -> [Item] {
        guard !idle.isEmpty else { return [] }
        var gone: [Item] = []
        idle.removeAll { entry in
            guard isGone(entry) else { return false }
            gone.append(entry.item)
            return true
        }
        size -= gone.count
        return gone
    }
}
