/// Looks for members of outputs that an action has in opcode, and its node here has under another name.
///
/// A condition on such a member would never hold, and nobody would notice.
enum ForeignNames {
    /// What the members of opcode's outputs are called here, by the type of the node.
    private static let names: [String: [String: String]] = [
        "command": ["exit_code": "exit"],
        "http": ["status_code": "status", "content_type": #"headers["content-type"]"#],
    ]

    static func warnings(_ definition: Definition) -> [Problem] {
        var reader = UseReader(definition)
        reader.read()
        return reader.uses.compactMap { use in
            guard case .path(let path) = use.target, let (node, member) = member(of: path),
                let type = definition.node(node)?.type, let name = names[type]?[member]
            else { return nil }
            return Problem(
                at: use.place,
                .notFound,
                "\"\(path)\" refers to \"\(member)\", which the output of \"\(node)\" calls "
                    + "\"\(name)\"",
                hint: "write steps.\(node).output.\(name)",
                severity: .warning
            )
        }
    }

    /// The node and the member of its output that a path begins with.
    private static func member(of path: Path) -> (node: String, member: String)? {
        var names = path.segments.prefix(4).map { segment in
            if case .name(let name) = segment { name } else { "" }
        }[...]
        if names.first == "steps" { names.removeFirst() }
        guard let node = names.popFirst() else { return nil }
        if names.first == "output" { names.removeFirst() }
        return names.first.map { (node, $0) }
    }
}
