/// The statements that a session has prepared on the server, by their text and types.
struct StatementCache {
    struct Key: Hashable {
        let text: String
        let types: [UInt32]

        // The text alone tells almost all statements apart.
        func hash(into hasher: inout Hasher) { hasher.combine(text) }
    }

    private struct Entry {
        let name: String
        var lastUse: UInt64
    }

    /// The most statements kept: each holds memory on the server, in every session.
    static let limit = 256
    /// How many are dropped at once when the limit is reached, so that the round trip is shared.
    private static let batch = 32

    private var entries: [Key: Entry] = [:]
    private var clock: UInt64 = 0
    private var lastNumber = 0

    /// Returns the name that `key` was prepared under.
    mutating func name(for key: Key) -> String? {
        clock += 1
        guard let index = entries.index(forKey: key) else { return nil }
        entries.values[index].lastUse = clock
        return entries.values[index].name
    }

    mutating func newName() -> String {
        lastNumber += 1
        return "s\(lastNumber)"
    }

    mutating func insert(_ key: Key, name: String) {
        clock += 1
        entries[key] = Entry(name: name, lastUse: clock)
    }

    /// Forgets `key`; its name is not used again.
    mutating func forget(_ key: Key) {
        entries[key] = nil
    }

    /// Forgets all statements, as after the server has.
    mutating func forgetAll() {
        entries.removeAll()
    }

    /// True if there is room for `count` more, whichever they are.
    func hasRoom(for count: Int) -> Bool { entries.count + count <= Self.limit }

    /// Drops the statements used longest ago, if there is no room for those of `keys` that are
    /// new, and returns their names.
    mutating func makeRoom(for keys: [Key]) -> [String] {
        // Asking for a name also marks the statement as used now.
        let new = keys.count { name(for: $0) == nil }
        let excess = entries.count + new - Self.limit
        guard excess > 0 else { return [] }
        let oldest = entries.sorted { $0.value.lastUse < $1.value.lastUse }
            .prefix(max(excess, Self.batch))
        for (key, _) in oldest { entries[key] = nil }
        return oldest.map(\.value.name)
    }
}
