/// Wakes a loop: rung any number of times before it listens, it sounds once.
struct Bell: Sendable {
    /// Sounds once for all rings since the last time.
    ///
    /// One loop listens.
    let sounds: AsyncStream<Void>
    private let rope: AsyncStream<Void>.Continuation

    init() {
        (sounds, rope) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    func ring() { rope.yield() }

    /// Ends the loop that listens, after a last sound if it was rung.
    func silence() { rope.finish() }
}
