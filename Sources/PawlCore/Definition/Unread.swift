/// What of a definition could not be read, so that nothing is told that only follows from it.
///
/// Nodes and edges keep their places: what is unknown of them has a stand-in.
struct Unread: Hashable, Sendable {
    /// How many nodes have no id at all; what others name may be one of them.
    var nameless = 0
    /// The nodes whose type is not known.
    var untyped: Set<String> = []
    /// The nodes of which it is not known what they are in.
    var unplaced: Set<String> = []
    /// The places of the edges of which not all is known.
    var edges: Set<Int> = []
    /// Whether a name, or an edge, is not known that leads to a node.
    var hasLostWays = false

    /// The id of a node without one: no other can have it.
    static func id(at place: String) -> String { "@\(place)" }
}
