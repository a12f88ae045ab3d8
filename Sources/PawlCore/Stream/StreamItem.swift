/// What a follower of a run wants to be told.
public enum StreamMode: String, Hashable, Sendable, CaseIterable, Codable {
    /// All outputs, after each step.
    case values
    /// The outputs that a step gave.
    case updates
    /// That steps begin and end.
    case lifecycle
    /// What handlers emit.
    case custom
}

/// A thing that a follower of a run is told.
///
/// It is made from one event of the run's history: the same history gives the same items, from any
/// process, as often as it is read.
public struct StreamItem: Hashable, Sendable {
    /// The number of the event; 0 is before the first.
    ///
    /// A follower that knows all items of an event goes on after it.
    public let seq: Int
    /// The kind of item.
    public let mode: StreamMode
    /// The node that it is about; `nil` for ``StreamMode/values``.
    public let node: String?
    /// What there is to tell.
    public let payload: JSON

    /// The item as JSON: `{"mode": …, "payload": …, "node_id": …, "seq": …}`.
    public var json: JSON {
        [
            "mode": .string(mode.rawValue), "payload": payload,
            "node_id": node.map { .string($0) } ?? .null, "seq": .integer(Int64(seq)),
        ]
    }
}
