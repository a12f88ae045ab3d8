/// One visit to a node in a run: what attempts, checkpoints and idempotency keys hang on.
public struct StepID: Hashable, Sendable, CustomStringConvertible {
    /// The node, inside its containers: `review`, `checks.security`.
    public let path: String
    /// The how-manieth time, from 1.
    public let visit: Int

    /// Creates the name of a step.
    public init(path: String, visit: Int = 1) {
        self.path = path
        self.visit = visit
    }

    /// `path`, or `path#visit` from the second visit on.
    public var description: String { visit == 1 ? path : "\(path)#\(visit)" }

    /// The id of the node at the end of the path.
    public var node: String {
        guard let dot = path.lastIndex(of: ".") else { return path }
        return String(path[path.index(after: dot)...])
    }
}
