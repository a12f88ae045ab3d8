/// What was done for storage.
package struct Upkeep: Hashable, Sendable {
    /// The partitions that were made ahead.
    package var partitionsMade = 0
    /// The names of those that were dropped, with all in them.
    package var partitionsDropped: [String] = []
    /// The runs that were deleted one by one.
    package var runs = 0
    /// Their events.
    package var events = 0
    /// The keys that were forgotten.
    package var keys = 0
    /// The ticks that were forgotten.
    package var ticks = 0
    /// How often somebody else's lock was in the way; the next turn tries again.
    package var postponed = 0

    package init() {}

    /// Whether anything was done.
    package var didAny: Bool {
        partitionsMade + partitionsDropped.count + runs + keys + ticks > 0
    }
}
