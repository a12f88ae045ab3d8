/// Converts a workflow in opcode's form.
///
/// The top becomes start, one `dag` with a child per step, and end; or a plain chain where each step
/// depends on the one before it. What is inside a step becomes children of its node. Texts with
/// `${{…}}` and conditions pass as they are.
struct StepsForm {
    var tree: StepTree
    var problems: [Problem]
    var places = PlaceMap()
    private(set) var nodes: [JSON] = []
    private(set) var edges: [JSON] = []

    /// Converts a workflow that stands at `place` of a text, inside a template with other members.
    static func convert(
        _ workflow: JSON,
        at place: String,
        template: [String: JSON],
        name: String?
    ) -> CanonicalDefinition {
        var form = StepsForm(tree: StepTree(workflow, at: place))
        let json = form.definition(workflow, at: place, template: template, name: name)
        return CanonicalDefinition(
            form: .steps,
            json: json,
            problems: form.problems,
            isWhole: form.tree.isWhole,
            places: form.places
        )
    }

    private init(tree: StepTree) {
        self.tree = tree
        problems = tree.problems
    }

    private mutating func definition(
        _ workflow: JSON,
        at place: String,
        template: [String: JSON],
        name: String?
    ) -> JSON {
        let prefix = place.isEmpty ? "" : place + "."
        places.add("nodes", madeFor: prefix + "steps")
        places.add("edges", madeFor: prefix + "steps")
        var members = heading(workflow.objectValue ?? [:], at: prefix, template: template)
        if members["id"] == nil { members["id"] = name.map(JSON.string) }
        if members["id"] == nil {
            problems.append(
                Problem(
                    at: "",
                    .malformed,
                    "the workflow has no name",
                    hint: #"add "id": "name" beside "\#(place.isEmpty ? "steps" : "definition")""#
                )
            )
            // So that the name is not missed a second time.
            members["id"] = "workflow"
        }
        let start = add("start", wish: "start", for: prefix + "steps")
        let ends = addSteps(start: start, at: prefix + "steps")
        let end = add("end", wish: "end", for: prefix + "steps")
        for source in ends { connect(source, end) }
        for (number, list) in tree.lists.enumerated() {
            guard case .ending(let ending) = list.role, let step = list.steps.first else {
                continue
            }
            places.add(ending, from: prefix + ending)
            members[ending] = .string(tree.steps[step].id)
            addNode(for: step, parent: nil, in: number)
        }
        addInnerSteps()
        members["nodes"] = .array(nodes)
        members["edges"] = .array(edges)
        return .object(members)
    }

    /// Adds the workflow's own steps, and gives the nodes after which it ends.
    private mutating func addSteps(start: String, at place: String) -> [String] {
        let steps = tree.lists[0].steps
        guard !steps.isEmpty else {
            if !problems.contains(where: { $0.severity == .error }) {
                problems.append(Problem(at: place, .malformed, "a workflow has at least one step"))
            }
            return [start]
        }
        if let chain = chain() {
            for step in steps { addNode(for: step, parent: nil, in: 0) }
            var last = start
            for step in chain {
                connect(last, tree.steps[step].id, for: "\(tree.steps[step].place).depends_on")
                last = tree.steps[step].id
            }
            return [last]
        }
        let dag = add("dag", wish: "dag", for: place)
        connect(start, dag)
        for step in steps { addNode(for: step, parent: dag, in: 0) }
        return [dag]
    }

    /// The workflow's own steps in order, if each depends on the one before it and on no other.
    ///
    /// Then a chain of nodes fails where the steps would, and the node in between can be spared.
    private func chain() -> [Int]? {
        let steps = tree.lists[0].steps
        let fallbacks = Set(steps.compactMap { fallback(of: $0) })
        var first: Int?
        var next: [Int: Int] = [:]
        for step in steps {
            guard let names = dependencies(of: step), names.count <= 1 else { return nil }
            let isFallback = fallbacks.contains(tree.steps[step].name)
            guard let name = names.first else {
                if isFallback { continue }
                guard first == nil else { return nil }
                first = step
                continue
            }
            guard !isFallback, !fallbacks.contains(name), let before = tree.step(name, in: 0),
                next.updateValue(step, forKey: before) == nil
            else { return nil }
        }
        guard var step = first else { return nil }
        var order = [step]
        while let following = next[step] {
            order.append(following)
            step = following
        }
        return order.count + fallbacks.count == steps.count ? order : nil
    }

    /// The steps that one names in `depends_on`, or `nil` if that is malformed.
    func dependencies(of step: Int) -> [String]? {
        guard let json = tree.steps[step].members["depends_on"], !json.isNull else { return [] }
        guard let names = json.arrayValue?.map(\.stringValue), !names.contains(nil) else {
            return nil
        }
        return names.compactMap { $0 }
    }

    /// The step that is taken when one fails, if it names one.
    func fallback(of step: Int) -> String? {
        let onError = tree.steps[step].members["on_error"]
        guard onError?["strategy"] == "fallback_step" else { return nil }
        return onError?["fallback_step"]?.stringValue
    }

    /// Adds the nodes of the steps that are inside others.
    private mutating func addInnerSteps() {
        // Lists are in the order of their depth, so that the container of each is there already.
        for (number, list) in tree.lists.enumerated() {
            guard let owner = list.owner else { continue }
            let parent = tree.steps[owner].id
            switch list.role {
            case .top, .ending: continue
            case .body:
                for step in list.steps { addNode(for: step, parent: parent, in: number) }
            case .branch, .otherwise, .lane:
                guard let id = sequences[number] else { continue }
                places.add("nodes[\(nodes.count)]", madeFor: list.place)
                nodes.append(
                    ["id": .string(id), "type": "sequence", "parent": .string(parent)]
                )
                for step in list.steps { addNode(for: step, parent: id, in: number) }
            }
        }
    }

    /// The ids of the `sequence` nodes, by the lists that they stand for.
    var sequences: [Int: String] = [:]

    /// Adds the node of a step.
    private mutating func addNode(for step: Int, parent: String?, in list: Int) {
        let place = "nodes[\(nodes.count)]"
        places.add(place, from: tree.steps[step].place)
        nodes.append(node(for: step, parent: parent, in: list, at: place))
    }

    private mutating func add(_ type: String, wish: String, for original: String) -> String {
        let id = tree.freshID(wish)
        places.add("nodes[\(nodes.count)]", madeFor: original)
        nodes.append(["id": .string(id), "type": .string(type)])
        return id
    }

    private mutating func connect(_ source: String, _ target: String, for original: String? = nil) {
        if let original { places.add("edges[\(edges.count)]", madeFor: original) }
        edges.append(["source": .string(source), "target": .string(target)])
    }
}
