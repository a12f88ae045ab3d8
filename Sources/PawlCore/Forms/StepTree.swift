/// The steps of a text in opcode's form: in lists, which are inside other steps.
///
/// They are gathered list by list, outer ones first, so that no nesting costs stack and the outer one
/// of two steps with the same id keeps it.
struct StepTree {
    /// One step.
    struct Step {
        let members: [String: JSON]
        let place: String
        let list: Int
        /// The id in the text.
        let name: String
        /// The id of its node.
        var id: String
    }

    /// Steps beside one another.
    struct List {
        /// What a list is for the step that it is in.
        enum Role: Hashable {
            /// The workflow's own steps.
            case top
            /// The step that the workflow has for one of its ends.
            case ending(String)
            /// The steps for a value.
            case branch(String)
            /// The steps for all other values.
            case otherwise
            /// The steps of a branch of `parallel`.
            case lane(Int)
            /// The steps of a loop.
            case body
        }

        let role: Role
        let place: String
        let owner: Int?
        let depth: Int
        let text: JSON
        var steps: [Int] = []
    }

    /// How deep lists may be inside one another; more could have no path.
    static let maximumDepth = 100

    private(set) var steps: [Step] = []
    private(set) var lists: [List] = []
    private(set) var problems: [Problem] = []
    /// Whether each step of the text is there.
    private(set) var isWhole = true
    private var taken: Set<String> = []
    /// The lists inside each step, in order.
    private(set) var inner: [[Int]] = []
    /// The steps of each list by their names.
    private var positions: [[String: Int]] = []
    /// The number that was last added to an id to make another one.
    private var numbers: [String: Int] = [:]

    /// Gathers the steps of a workflow, whose place is `place`.
    init(_ workflow: JSON, at place: String) {
        let prefix = place.isEmpty ? "" : place + "."
        add(.top, workflow["steps"] ?? .null, at: prefix + "steps", in: nil)
        for ending in ["on_complete", "on_error"] {
            guard let step = workflow[ending], !step.isNull else { continue }
            add(.ending(ending), [step], at: prefix + ending, in: nil)
        }
        var next = 0
        while next < lists.count {
            guard gather(next) else { return }
            next += 1
        }
        name()
    }

    private mutating func add(_ role: List.Role, _ text: JSON, at place: String, in owner: Int?) {
        let depth = owner.map { lists[steps[$0].list].depth + 1 } ?? 0
        lists.append(List(role: role, place: place, owner: owner, depth: depth, text: text))
        if let owner { inner[owner].append(lists.count - 1) }
    }

    /// Reads the steps of a list; gives whether to go on.
    private mutating func gather(_ index: Int) -> Bool {
        let list = lists[index]
        let before = problems.count
        defer { if problems.count > before { isWhole = false } }
        guard let texts = list.text.arrayValue else {
            problems.append(
                Problem(at: list.place, .malformed, "steps are a list", hint: "write [ … ]")
            )
            return true
        }
        guard list.depth <= Self.maximumDepth else {
            problems.append(
                Problem(
                    at: list.place,
                    .tooLarge,
                    "steps are nested deeper than \(Self.maximumDepth) levels"
                )
            )
            return false
        }
        guard steps.count + texts.count <= Definition.maximumNodes else {
            problems.append(
                Problem(
                    at: list.place,
                    .tooLarge,
                    "a definition has at most \(Definition.maximumNodes) steps"
                )
            )
            return false
        }
        for (number, text) in texts.enumerated() {
            let isAlone = if case .ending = list.role { true } else { false }
            let place = isAlone ? list.place : "\(list.place)[\(number)]"
            guard let members = text.objectValue else {
                problems.append(Problem(at: place, .malformed, "a step is an object"))
                continue
            }
            guard let name = members["id"]?.stringValue, !name.isEmpty else {
                problems.append(
                    Problem(
                        at: "\(place).id",
                        .malformed,
                        "a step has no id",
                        hint: #"add "id": "name""#
                    )
                )
                continue
            }
            lists[index].steps.append(steps.count)
            steps.append(Step(members: members, place: place, list: index, name: name, id: name))
            inner.append([])
            addLists(of: steps.count - 1)
        }
        return true
    }

    /// Adds the lists that are inside a step.
    private mutating func addLists(of index: Int) {
        let step = steps[index]
        let config = step.members["config"] ?? [:]
        let place = "\(step.place).config"
        switch step.members["type"]?.stringValue {
        case "condition":
            let branches = config["branches"]?.objectValue ?? [:]
            for (value, steps) in branches.sorted(by: { $0.key < $1.key }) {
                add(.branch(value), steps, at: "\(place).branches.\(value)", in: index)
            }
            if let steps = config["default"], !steps.isNull {
                add(.otherwise, steps, at: "\(place).default", in: index)
            }
        case "parallel":
            for (number, steps) in (config["branches"]?.arrayValue ?? []).enumerated() {
                add(.lane(number), steps, at: "\(place).branches[\(number)]", in: index)
            }
        case "loop":
            add(.body, config["body"] ?? .null, at: "\(place).body", in: index)
        default: break
        }
    }
}

extension StepTree {
    /// Gives each step an id that no other node has.
    private mutating func name() {
        let spoken = Set(steps.map(\.name))
        for list in lists {
            var beside: [String: Int] = [:]
            for index in list.steps {
                let step = steps[index]
                guard beside.updateValue(index, forKey: step.name) == nil else {
                    problems.append(
                        Problem(
                            at: "\(step.place).id",
                            .duplicateNode,
                            "Duplicate node id: \(step.name)",
                            hint: "give each step an id of its own"
                        )
                    )
                    continue
                }
                var id = step.name.replacing(".", with: "-")
                while id.hasPrefix("@") { id.removeFirst() }
                if id != step.name || taken.contains(id) {
                    let owner = list.owner.map { steps[$0].id + "-" } ?? ""
                    if taken.contains(id) || spoken.contains(id) { id = owner + id }
                    id = free(id, besides: spoken)
                    warn(step, isCalled: id)
                }
                taken.insert(id)
                steps[index].id = id
            }
            positions.append(beside)
        }
        taken.formUnion(spoken)
    }

    private mutating func warn(_ step: Step, isCalled id: String) {
        let isTwice = taken.contains(step.name)
        problems.append(
            Problem(
                at: "\(step.place).id",
                .renamed,
                isTwice
                    ? "another step is called \"\(step.name)\" too; this one becomes node \"\(id)\""
                    : "no node can be called \"\(step.name)\"; the step becomes node \"\(id)\"",
                hint: isTwice
                    ? "steps.\(step.name) means the other one: give this step an id of its own"
                    : "use 1 to 100 characters without \".\" and without a leading \"@\"",
                severity: .warning
            )
        )
    }

    /// An id that no node has yet, like the one given; it is taken from now on.
    mutating func freshID(_ wish: String) -> String {
        let id = free(wish.replacing(".", with: "-"), besides: [])
        taken.insert(id)
        return id
    }

    private mutating func free(_ wish: String, besides others: Set<String>) -> String {
        var id = wish
        while taken.contains(id) || others.contains(id) {
            numbers[wish, default: 1] += 1
            id = "\(wish)-\(numbers[wish] ?? 2)"
        }
        return id
    }

    /// The step of that name among those of a list.
    func step(_ name: String, in list: Int) -> Int? {
        positions.indices.contains(list) ? positions[list][name] : nil
    }
}
