@testable import PawlCore

extension Definition {
    /// A definition that nobody checked: what a drawing must survive.
    init(unchecked json: JSON) {
        let nodes = (json["nodes"]?.arrayValue ?? []).map { node in
            Node(
                node["id"]?.stringValue ?? "",
                Node.Kind(rawValue: node["type"]?.stringValue ?? "work"),
                config: node["config"] ?? [:],
                parent: node["parent"]?.stringValue
            )
        }
        let edges = (json["edges"]?.arrayValue ?? []).map { edge in
            var problems: [Problem] = []
            return Edge(
                edge["source"]?.stringValue ?? "",
                edge["target"]?.stringValue ?? "",
                when: edge["condition"].flatMap {
                    Condition(json: $0, at: "", problems: &problems)
                }
            )
        }
        self.init(
            name: json["id"]?.stringValue ?? "",
            nodes: nodes,
            edges: edges,
            settings: Settings(),
            json: json
        )
    }

    /// A definition of nodes that are `id`, `id:type` or `container/id:type`, and of edges that are
    /// `source>target`, unchecked.
    init(nodes: some Sequence<String>, edges: some Sequence<String> = []) {
        self.init(unchecked: [
            "id": "graph",
            "nodes": .array(
                nodes.map { spelling in
                    let parts = spelling.split(separator: "/").map(String.init)
                    let node = (parts.last ?? "").split(separator: ":").map(String.init)
                    return [
                        "id": .string(node[0]), "type": .string(node.count > 1 ? node[1] : "work"),
                        "parent": parts.count > 1 ? .string(parts[0]) : .null,
                    ]
                }
            ),
            "edges": .array(
                edges.map { spelling in
                    let ends = spelling.split(separator: ">").map { JSON.string(String($0)) }
                    return ["source": ends[0], "target": ends[1]]
                }
            ),
        ])
    }
}
