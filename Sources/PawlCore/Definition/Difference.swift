extension Definition {
    /// What is different between two definitions, in the order of the texts.
    ///
    /// Compared is what they say, not how: what is left out equals what is `null` or, as in `config`,
    /// empty.
    public struct Difference: Hashable, Sendable {
        /// One thing that is different.
        public enum Change: Hashable, Sendable {
            /// A member of the definition itself.
            case setting(MemberChange)
            /// There is a node more.
            case nodeAdded(id: String, type: String)
            /// There is a node less.
            case nodeRemoved(id: String, type: String)
            /// A node has other members.
            case nodeChanged(id: String, [MemberChange])
            /// The children of a container, which run in their order, have another one.
            case childrenReordered(parent: String)
            /// There is an edge more.
            case edgeAdded(source: String, target: String, condition: JSON?)
            /// There is an edge less.
            case edgeRemoved(source: String, target: String, condition: JSON?)
            /// The only edge between two nodes has other members.
            case edgeChanged(source: String, target: String, [MemberChange])
            /// The edges from a node, of which the first that can is taken, have another order.
            case edgesReordered(source: String)
        }

        /// A member that is different; `nil` is one that is not there.
        public struct MemberChange: Hashable, Sendable {
            /// Its name: `timeout`; inside `config` and the like `config.url`.
            public let name: String
            /// What it was.
            public let old: JSON?
            /// What it is.
            public let new: JSON?
        }

        /// What is different; nothing if the definitions say the same.
        public let changes: [Change]

        /// Whether the definitions say the same.
        public var isEmpty: Bool { changes.isEmpty }

        /// Compares two definitions in Pawl's own form, as JSON.
        package init(from old: JSON, to new: JSON) {
            let old = Definition.normalForm(of: old)
            let new = Definition.normalForm(of: new)
            changes =
                Self.settings(old, new) + Self.nodes(old, new) + Self.children(old, new)
                + Self.edges(old, new)
        }
    }

    /// What is different in `new`, as against `old`.
    public static func difference(from old: Definition, to new: Definition) -> Difference {
        Difference(from: old.json, to: new.json)
    }
}

extension Definition.Difference {
    private static func settings(_ old: JSON, _ new: JSON) -> [Change] {
        var (old, new) = (old.objectValue ?? [:], new.objectValue ?? [:])
        for key in ["nodes", "edges"] {
            old[key] = nil
            new[key] = nil
        }
        return members(old, new).map { .setting($0) }
    }

    private static func nodes(_ old: JSON, _ new: JSON) -> [Change] {
        let (before, after) = (list("nodes", of: old), list("nodes", of: new))
        let known = Dictionary(before.map { ($0.text("id"), $0) }) { first, _ in first }
        let kept = Set(after.map { $0.text("id") })
        let removed = before.filter { !kept.contains($0.text("id")) }.map {
            Change.nodeRemoved(id: $0.text("id"), type: $0.text("type"))
        }
        return removed
            + after.compactMap { node in
                let id = node.text("id")
                guard let earlier = known[id] else {
                    return .nodeAdded(id: id, type: node.text("type"))
                }
                let changes = members(earlier.objectValue ?? [:], node.objectValue ?? [:])
                return changes.isEmpty ? .none : .nodeChanged(id: id, changes)
            }
    }

    /// Containers whose children are partly the same, in another order.
    private static func children(_ old: JSON, _ new: JSON) -> [Change] {
        let before = children(in: old)
        let after = children(in: new)
        return after.keys.sorted().compactMap { parent in
            guard let earlier = before[parent], let later = after[parent] else { return nil }
            return isReordered(earlier, later) ? .childrenReordered(parent: parent) : nil
        }
    }

    private static func children(in json: JSON) -> [String: [String]] {
        list("nodes", of: json).reduce(into: [:]) { children, node in
            guard let parent = node["parent"]?.stringValue else { return }
            children[parent, default: []].append(node.text("id"))
        }
    }

    private static func isReordered<Item: Hashable>(_ old: [Item], _ new: [Item]) -> Bool {
        let (before, after) = (Set(old), Set(new))
        return old.filter(after.contains) != new.filter(before.contains)
    }
}

// MARK: - Edges

extension Definition.Difference {
    private struct Ends: Hashable {
        let source: String
        let target: String
    }

    private static func edges(_ old: JSON, _ new: JSON) -> [Change] {
        let (before, after) = (list("edges", of: old), list("edges", of: new))
        let removed = remainder(of: before, without: after)
        let added = remainder(of: after, without: before)
        let removedByEnds = Dictionary(grouping: removed, by: ends)
        let addedByEnds = Dictionary(grouping: added, by: ends)
        /// Those that are the only ones between their ends to come and go: the same edge, changed.
        func counterpart(_ edge: JSON, in others: [Ends: [JSON]], _ own: [Ends: [JSON]]) -> JSON? {
            guard own[ends(edge)]?.count == 1, let others = others[ends(edge)] else { return nil }
            return others.count == 1 ? others[0] : .none
        }
        var changes: [Change] = []
        for edge in removed where counterpart(edge, in: addedByEnds, removedByEnds) == .none {
            let ends = ends(edge)
            changes.append(
                .edgeRemoved(source: ends.source, target: ends.target, condition: edge["condition"])
            )
        }
        for edge in added {
            let ends = ends(edge)
            guard let earlier = counterpart(edge, in: removedByEnds, addedByEnds) else {
                changes.append(
                    .edgeAdded(
                        source: ends.source,
                        target: ends.target,
                        condition: edge["condition"]
                    )
                )
                continue
            }
            let changed = members(earlier.objectValue ?? [:], edge.objectValue ?? [:])
            changes.append(.edgeChanged(source: ends.source, target: ends.target, changed))
        }
        let earlier = Dictionary(grouping: before) { $0.text("source") }
        let later = Dictionary(grouping: after) { $0.text("source") }
        for source in later.keys.sorted() {
            guard let old = earlier[source], let new = later[source] else { continue }
            if isReordered(old, new) { changes.append(.edgesReordered(source: source)) }
        }
        return changes
    }

    private static func ends(_ edge: JSON) -> Ends {
        Ends(source: edge.text("source"), target: edge.text("target"))
    }

    /// The values of a list that are left when those of another one are taken out, each once.
    private static func remainder(of list: [JSON], without others: [JSON]) -> [JSON] {
        var counts: [JSON: Int] = [:]
        for other in others { counts[other, default: 0] += 1 }
        return list.filter { value in
            guard let count = counts[value], count > 0 else { return true }
            counts[value] = count - 1
            return false
        }
    }
}

// MARK: - Members

extension Definition.Difference {
    /// The members whose members are compared one by one.
    private static let open: Set<String> = ["config", "metadata", "retry", "limits", "breaker"]

    private static func members(_ old: [String: JSON], _ new: [String: JSON]) -> [MemberChange] {
        Set(old.keys).union(new.keys).sorted().flatMap { name -> [MemberChange] in
            let (before, after) = (old[name], new[name])
            guard before != after else { return [] }
            let isOpen = open.contains(name)
            if isOpen, let before = (before ?? [:]).objectValue,
                let after = (after ?? [:]).objectValue
            {
                return Set(before.keys).union(after.keys).sorted().compactMap { key in
                    guard before[key] != after[key] else { return .none }
                    return MemberChange(name: "\(name).\(key)", old: before[key], new: after[key])
                }
            }
            return [MemberChange(name: name, old: before, new: after)]
        }
    }

    private static func list(_ key: String, of json: JSON) -> [JSON] {
        json[key]?.arrayValue ?? []
    }
}

extension JSON {
    /// The text of a member, or none.
    fileprivate func text(_ key: String) -> String { self[key]?.stringValue ?? "" }
}
