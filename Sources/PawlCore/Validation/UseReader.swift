/// Collects what the templates and conditions of a definition refer to.
struct UseReader {
    private let definition: Definition
    private(set) var uses: [ReferenceCheck.Use] = []

    init(_ definition: Definition) { self.definition = definition }

    mutating func read() {
        for (index, node) in definition.nodes.enumerated() {
            let place = "nodes[\(index)]"
            let isRecorded = node.kind.records
            readStrings(of: node.config, at: "\(place).config", in: index, isRecorded)
            readPaths(of: node, at: "\(place).config", in: index)
            read(node.guardCondition, at: "\(place).when", in: index)
        }
        for (index, edge) in definition.edges.enumerated() {
            read(edge.condition, at: "edges[\(index)].condition", in: nil)
        }
    }

    /// What the placeholders in the strings of a config refer to, found without recursion.
    private mutating func readStrings(
        of config: JSON,
        at place: String,
        in node: Int,
        _ isRecorded: Bool
    ) {
        var open = [(config, place)]
        while let (value, place) = open.popLast() {
            switch value {
            case .string(let text): read(text, at: place, in: node, isRecorded)
            case .array(let elements):
                for (index, element) in elements.enumerated() {
                    open.append((element, "\(place)[\(index)]"))
                }
            case .object(let members):
                for (name, member) in members.sorted(by: { $0.key > $1.key }) {
                    open.append((member, "\(place).\(name)"))
                }
            default: break
            }
        }
    }

    private mutating func read(
        _ text: String,
        at place: String,
        in node: Int,
        _ isRecorded: Bool
    ) {
        guard text.utf8.contains(UInt8(ascii: "{")) else { return }
        do {
            let template = try Template(json: .string(text))
            uses += template.paths.map {
                ReferenceCheck.Use(
                    target: .path($0),
                    place: place,
                    node: node,
                    isRecorded: isRecorded
                )
            }
            uses += template.secretNames.map {
                ReferenceCheck.Use(
                    target: .secret($0),
                    place: place,
                    node: node,
                    isRecorded: isRecorded
                )
            }
        } catch {
            // What is no template is told by who reads the node, or is the handler's business.
        }
    }

    /// The conditions in a config, and the paths that stand there without braces.
    private mutating func readPaths(of node: Node, at place: String, in index: Int) {
        switch node.rule {
        case .log(let log):
            for (number, path) in (log.paths ?? []).enumerated() {
                add(path, at: "\(place).paths[\(number)]", in: index)
            }
        case .condition(let condition): read(condition, at: "\(place).condition", in: index)
        case .value(let path?): add(path, at: "\(place).path", in: index)
        case .loop(let loop):
            switch loop.mode {
            case .forEach(.operand(let operand)): read(operand, at: "\(place).over", in: index)
            case .forEach(.template): break
            case .while(let condition), .until(let condition):
                read(condition, at: "\(place).condition", in: index)
            }
        case .branch(let branch):
            switch branch.value {
            case .operand(let operand): read(operand, at: "\(place).value", in: index)
            case .condition(let condition): read(condition, at: "\(place).value", in: index)
            }
        // The filter of a signal is about its payload, whose members are not known here.
        default: break
        }
    }

    private mutating func read(_ condition: Condition?, at place: String, in node: Int?) {
        for path in condition?.paths ?? [] { add(path, at: place, in: node) }
    }

    private mutating func read(_ operand: Operand, at place: String, in node: Int) {
        if let path = operand.path { add(path, at: place, in: node) }
    }

    private mutating func add(_ path: Path, at place: String, in node: Int?) {
        uses.append(
            ReferenceCheck.Use(target: .path(path), place: place, node: node, isRecorded: true)
        )
    }
}

extension Node.Kind {
    /// Whether nodes of the kind record what their config resolves to.
    fileprivate var records: Bool { !needsHandler }
}

extension Condition {
    /// The paths that it looks at.
    fileprivate var paths: [Path] {
        switch self {
        case .comparison(let left, _, let right): [left, right].compactMap(\.path)
        case .exists(let path): [path]
        case .matches(let operand, _): [operand].compactMap(\.path)
        case .all(let conditions), .any(let conditions): conditions.flatMap(\.paths)
        case .not(let condition): condition.paths
        case .otherwise, .never: []
        }
    }
}

extension Operand {
    fileprivate var path: Path? {
        if case .path(let path) = self { path } else { nil }
    }
}
