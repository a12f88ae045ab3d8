/// Where a step is: its node, and the container around it.
struct Place {
    let path: String
    let node: Node
    let container: Container?

    /// The container around a step.
    struct Container {
        let path: String
        let node: Node
        /// The iteration, in a loop.
        let index: Int?

        /// Where a child of the container is, beside the step.
        func path(of child: Node, index: Int? = nil) -> String {
            guard let index = index ?? self.index else { return "\(path).\(child.id)" }
            return "\(path).\(index).\(child.id)"
        }
    }
}

extension Definition {
    /// Where a path of a run leads; `nil` if it is not one of this definition.
    ///
    /// A path is the ids of the containers and the node, with the iteration after each loop.
    func place(of path: String) -> Place? {
        let step = StepID(path: path)
        guard let node = node(step.node) else { return nil }
        guard let parent = node.parent.flatMap(self.node) else {
            return Place(path: path, node: node, container: nil)
        }
        var rest = path.dropLast(node.id.count + 1)
        var index: Int?
        if parent.kind == .loop, let dot = rest.lastIndex(of: ".") {
            index = Int(rest[rest.index(after: dot)...])
            rest = rest[..<dot]
        }
        return Place(
            path: path,
            node: node,
            container: Place.Container(path: String(rest), node: parent, index: index)
        )
    }
}
