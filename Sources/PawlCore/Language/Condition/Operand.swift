/// One side of a comparison.
public enum Operand: Hashable, Sendable {
    /// The value at a path.
    case path(Path)
    /// A value that is written out.
    case value(JSON)

    /// The value, or `nil` if the path leads nowhere; `known` gives what is at a path.
    package func value(_ known: (Path) -> JSON?) -> JSON? {
        switch self {
        case .path(let path): known(path)
        case .value(let value): value
        }
    }

    /// The value, or `nil` if the path leads nowhere.
    package func value(in knowledge: some Knowledge) -> JSON? {
        value { knowledge.value(at: $0) }
    }
}
