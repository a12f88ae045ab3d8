/// Looks at what templates and conditions refer to.
struct ReferenceCheck {
    /// A path, or a secret, and where it is written.
    struct Use {
        enum Target {
            case path(Path)
            case secret(String)
        }

        let target: Target
        let place: String
        /// The node that it is written in, if it is in one.
        let node: Int?
        /// Whether what it stands for is recorded.
        let isRecorded: Bool
    }

    private let definition: Definition
    private let ids: Set<String>
    /// The nodes that are in a loop.
    private let looping: Set<String>

    /// The secrets that would be recorded in the history, for everybody to read.
    static func secretProblems(_ definition: Definition) -> [Problem] {
        var uses = UseReader(definition)
        uses.read()
        return uses.uses.compactMap { use in
            guard use.isRecorded, let name = use.secret else { return nil }
            let what = use.node.map { "a \(definition.nodes[$0].type) node" } ?? "a condition"
            return Problem(
                at: use.place,
                .secret,
                "\(what) would record the secret \"\(name)\"",
                hint: "use secrets in the config of handlers, http and command nodes only"
            )
        }
    }

    /// References that can lead nowhere.
    static func warnings(_ definition: Definition, _ unread: Unread) -> [Problem] {
        // What is referred to may be a node without an id.
        guard unread.nameless == 0 else { return [] }
        var uses = UseReader(definition)
        uses.read()
        let check = ReferenceCheck(definition)
        return uses.uses.compactMap { use in
            guard case .path(let path) = use.target, use.secret == nil,
                let message = check.obstacle(path, use)
            else { return nil }
            return Problem(
                at: use.place,
                .notFound,
                message.text,
                hint: message.hint,
                severity: .warning
            )
        }
    }

    private init(_ definition: Definition) {
        self.definition = definition
        ids = Set(definition.nodes.map(\.id))
        var looping: Set<String> = []
        var containers = definition.nodes.filter { $0.kind == .loop }.map(\.id)
        let children = Dictionary(grouping: definition.nodes) { $0.parent }
        while let container = containers.popLast() {
            for child in children[container] ?? [] where looping.insert(child.id).inserted {
                containers.append(child.id)
            }
        }
        self.looping = looping
    }

    /// Why a path leads nowhere, whatever happens in a run.
    private func obstacle(_ path: Path, _ use: Use) -> (text: String, hint: String)? {
        guard case .name(let first)? = path.segments.first, !first.isEmpty else { return nil }
        if ids.contains(first) || first == "start" {
            return obstacle(path, node: first)
        }
        switch first {
        case "steps":
            guard path.segments.count > 1 else { return nil }
            guard case .name(let id) = path.segments[1] else { return nil }
            // What follows may be a member of its output.
            return ids.contains(id) || id == "start" ? nil : unknown(id, path)
        case "loop", "iter":
            guard let node = use.node, !isInLoop(definition.nodes[node]) else { return nil }
            return (
                "\"\("\(path)".shortened)\" is known inside loops only",
                "put the node into a loop, or refer to its output"
            )
        case _ where AdviceCheck.reservedNames.contains(first): return nil
        default: return unknown(first, path)
        }
    }

    /// Whether a node sees an iteration: its own, or that of what it is in.
    private func isInLoop(_ node: Node) -> Bool {
        looping.contains(node.id) || node.kind == .loop
    }

    private func unknown(_ id: String, _ path: Path) -> (String, String) {
        (
            "\"\("\(path)".shortened)\" refers to \"\(id.shortened)\", and no node is called so",
            "begin with the id of a node, or with inputs, context, loop, run or workflow"
        )
    }

    private func obstacle(_ path: Path, node: String) -> (String, String)? {
        guard path.segments.count > 1, case .name(let member) = path.segments[1],
            member != "output", member != "error"
        else { return nil }
        return (
            "\"\("\(path)".shortened)\" refers to \"\(member.shortened)\" of node \"\(node)\", "
                + "which has an output and an error only",
            "write \(node).output.\(member.shortened)"
        )
    }
}

extension ReferenceCheck.Use {
    /// The name of the secret that is referred to, if one is.
    var secret: String? {
        switch target {
        case .secret(let name): return name
        case .path(let path):
            guard path.segments.first == .name("secrets") else { return nil }
            guard path.segments.count > 1, case .name(let name) = path.segments[1] else {
                return ""
            }
            return name
        }
    }
}
