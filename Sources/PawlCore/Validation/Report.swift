extension Definition {
    /// What was found in a text that should be a definition.
    public struct Report: Sendable {
        /// The definition, unless there are errors.
        public let definition: Definition?
        /// Why it cannot be used.
        public let errors: [Problem]
        /// Why it may not do what was meant.
        public let warnings: [Problem]
    }

    /// Reads a definition in any form that Pawl knows, and tells everything that is wrong with it.
    ///
    /// Places are those in the text that is given. With `knownKinds`, the names of the handlers that
    /// there are, a node that needs another one is warned of. `name` is for a text that does not say
    /// how the workflow is called.
    public static func check(
        _ json: JSON,
        knownKinds: Set<String>? = nil,
        name: String? = nil
    ) -> Report {
        if let problem = json.sizeProblem {
            return Report(definition: nil, errors: [problem], warnings: [])
        }
        let canonical = canonical(json, name: name)
        var problems = canonical.problems
        let isConverted = !problems.contains { $0.severity == .error }
        var definition: Definition?
        var reader = DefinitionReader()
        do {
            let read = try reader.definition(canonical.json)
            definition = isConverted ? read : nil
            let found = reader.problems + read.warnings(knownKinds: knownKinds)
            problems += found.map(canonical.places.original)
        } catch {
            problems += error.problems.map(canonical.places.original).filter { problem in
                // What could not be converted is missing, and what it is missing from is not wrong.
                isConverted || !problem.code.mayFollow
            }
        }
        var seen: Set<Problem> = []
        problems = problems.filter { seen.insert($0.withoutHint).inserted }
        return Report(
            definition: definition,
            errors: problems.filter { $0.severity == .error },
            warnings: problems.filter { $0.severity == .warning }
        )
    }
}

extension Problem {
    /// The problem as it is compared with others.
    fileprivate var withoutHint: Problem { Problem(at: place, code, message, severity: severity) }
}

extension Problem.Code {
    /// Whether a problem of the class may be nothing but the consequence of another one.
    fileprivate var mayFollow: Bool {
        switch self {
        case .danglingEdge, .noStart, .noEnd, .badContainer, .unreachable, .notFound: true
        default: false
        }
    }
}

extension JSON {
    /// What makes a text too large to be looked at.
    fileprivate var sizeProblem: Problem? {
        if let nodes = self["nodes"]?.arrayValue, nodes.count > Definition.maximumNodes {
            return .tooManyNodes(nodes.count)
        }
        if let edges = self["edges"]?.arrayValue, edges.count > Definition.maximumEdges {
            return Problem(
                at: "edges",
                .tooLarge,
                "a definition has at most \(Definition.maximumEdges) edges, this one has \(edges.count)"
            )
        }
        // Level by level, because a value of unknown depth is no good for recursion.
        var level = [self]
        for _ in 0...JSONParser.maximumDepth {
            level = level.flatMap { value -> [JSON] in
                switch value {
                case .array(let elements): elements.filter(\.isContainer)
                case .object(let members): members.values.filter(\.isContainer)
                default: []
                }
            }
            if level.isEmpty { return nil }
        }
        return Problem(
            at: "",
            .tooLarge,
            "the definition nests deeper than \(JSONParser.maximumDepth) levels"
        )
    }

    private var isContainer: Bool {
        switch self {
        case .array, .object: true
        default: false
        }
    }
}
