/// What templates and conditions can refer to.
package protocol Knowledge {
    /// The value at a path, or `nil` if there is none.
    ///
    /// The beginning of a path should lead to what holds the rest, so that a reference that leads
    /// nowhere can be told what there is instead.
    func value(at path: Path) -> JSON?

    /// What a path can begin with.
    var names: [String] { get }
}

extension JSON: Knowledge {
    /// The value at a path within this one.
    package func value(at path: Path) -> JSON? { path.value(in: self) }

    /// The names of the members.
    package var names: [String] { objectValue.map { Array($0.keys) } ?? [] }
}

extension Knowledge {
    /// Says how far a path that leads nowhere leads, and what there is.
    func hint(for path: Path) -> String {
        for count in path.segments.indices.dropFirst().reversed() {
            let prefix = Path(path.segments.prefix(count))
            guard let value = value(at: prefix) else { continue }
            switch value {
            case .object(let members) where members.isEmpty: return "\(prefix) has no members"
            case .object(let members): return "\(prefix) has \(Self.list(members.keys))"
            case .array(let elements) where elements.isEmpty: return "\(prefix) is an empty list"
            case .array(let elements):
                return "\(prefix) is a list of \(elements.count): write \(prefix)[0] for the first"
            case .string: return "\(prefix) is a text"
            case .bool, .integer, .number, .null: return "\(prefix) is \(value)"
            }
        }
        return names.isEmpty ? "nothing is known yet" : "known are \(Self.list(names))"
    }

    /// Twenty names in order, and how many there are more.
    private static func list(_ names: some Collection<String>) -> String {
        // A name may be a whole document by mistake.
        let shown = names.sorted().prefix(20).map(\.shortened)
        let more = names.count - shown.count
        return shown.joined(separator: ", ") + (more > 0 ? " and \(more) more" : "")
    }
}
