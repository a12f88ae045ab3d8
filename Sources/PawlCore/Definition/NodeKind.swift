extension Node {
    /// What a node does.
    public enum Kind: Hashable, Sendable {
        /// Where a run begins; its output is the run's input.
        case start
        /// Where a run ends.
        case end
        /// Records values that the run knows.
        case log
        /// Computes its output: sets values, transforms them, or waits for a while.
        case function
        /// Records whether a condition holds.
        case condition
        /// Records a value, for the conditions on the edges that leave it.
        case `switch`
        /// Runs its children side by side and goes on as its join says.
        case parallel
        /// Runs its children one after the other.
        case sequence
        /// Runs each child as soon as those that it depends on have ended.
        case dag
        /// Runs its children over and over.
        case loop
        /// Runs one of its children.
        case branch
        /// Waits for a time or a signal.
        case wait
        /// Asks a person, and waits for the answer.
        case human
        /// Asks an agent, and waits for the answer.
        case reasoning
        /// Runs another workflow.
        case workflow
        /// The run's deadline, which is due like a step.
        case deadline
        /// Takes the steps that failed up again.
        case retry
        /// Ends the run because the one that it belongs to ended.
        case cancellation
        /// Work by the handler of that name.
        case handler(String)
    }
}

extension Node.Kind: RawRepresentable {
    /// The kinds of Pawl's own, by the names that they have in definitions and in `pawl.task.kind`.
    private static let own: [String: Node.Kind] = [
        "start": .start, "end": .end, "log": .log, "function": .function,
        "condition": .condition, "switch": .switch, "parallel": .parallel,
        "sequence": .sequence, "dag": .dag, "loop": .loop, "branch": .branch, "wait": .wait,
        "human": .human, "reasoning": .reasoning, "workflow": .workflow,
        "@deadline": .deadline, "@retry": .retry, "@cancel": .cancellation,
    ]

    /// The kind's name in definitions and in `pawl.task.kind`.
    public var rawValue: String {
        switch self {
        case .start: "start"
        case .end: "end"
        case .log: "log"
        case .function: "function"
        case .condition: "condition"
        case .switch: "switch"
        case .parallel: "parallel"
        case .sequence: "sequence"
        case .dag: "dag"
        case .loop: "loop"
        case .branch: "branch"
        case .wait: "wait"
        case .human: "human"
        case .reasoning: "reasoning"
        case .workflow: "workflow"
        case .deadline: "@deadline"
        case .retry: "@retry"
        case .cancellation: "@cancel"
        case .handler(let name): name
        }
    }

    /// The kind of that name; a name that is not Pawl's own is a handler's.
    public init(rawValue: String) {
        self = Self.own[rawValue] ?? .handler(rawValue)
    }
}

extension Node.Kind {
    /// Whether it is the work of a handler, and not of Pawl's own.
    package var needsHandler: Bool { if case .handler = self { true } else { false } }

    /// Whether a worker's handler may do it in Pawl's stead.
    package var allowsHandler: Bool {
        switch self {
        case .handler, .log, .function, .condition, .switch, .wait, .human, .reasoning: true
        case .start, .end, .parallel, .sequence, .dag, .loop, .branch, .workflow, .deadline,
            .retry, .cancellation:
            false
        }
    }

    /// Whether nodes of the kind have children.
    package var isContainer: Bool {
        switch self {
        case .parallel, .sequence, .dag, .loop, .branch: true
        default: false
        }
    }
}
