/// What `notify` sends to those who listen.
public struct Notification: Sendable, Hashable {
    /// The channel it was sent on.
    public let channel: String
    /// The text that was sent along, or nothing.
    public let payload: String
    /// The server's process that sent it.
    public let processID: Int32
}
