/// Looks for nodes that can be meant otherwise than they are written.
struct AdviceCheck {
    /// Names that templates begin with; a node of such a name hides what else they mean.
    static let reservedNames: Set<String> = [
        "steps", "inputs", "input", "trigger", "context", "loop", "iter", "run", "workflow",
        "secrets",
    ]
    /// Retries beyond this keep a broken step busy longer than anybody looks.
    private static let manyRetries = 10
    /// How many runs may belong to one another; the database refuses more.
    private static let deepestRun = 32

    private let definition: Definition
    private let unread: Unread
    private var problems: [Problem] = []

    static func warnings(
        _ definition: Definition,
        _ knownKinds: Set<String>?,
        _ unread: Unread
    ) -> [Problem] {
        var check = AdviceCheck(definition, unread)
        for (index, node) in definition.nodes.enumerated() {
            let place = "nodes[\(index)]"
            check.checkName(of: node, at: place)
            check.checkTimes(of: node, at: place)
            check.checkEffects(of: node, at: place)
            check.checkContainer(node, at: place)
            check.checkHandler(of: node, knownKinds, at: place)
        }
        return check.problems
    }

    private init(_ definition: Definition, _ unread: Unread) {
        self.definition = definition
        self.unread = unread
    }

    private mutating func warn(
        _ place: String,
        _ code: Problem.Code,
        _ message: String,
        hint: String? = nil
    ) {
        problems.append(Problem(at: place, code, message, hint: hint, severity: .warning))
    }

    private mutating func checkName(of node: Node, at place: String) {
        guard Self.reservedNames.contains(node.id) else { return }
        warn(
            "\(place).id",
            .doubtful,
            "templates that begin with \"\(node.id)\" mean this node, and no longer what else is "
                + "called so",
            hint: "give it another id"
        )
    }

    private mutating func checkTimes(of node: Node, at place: String) {
        if let retries = node.retry?.maximumRetries, retries > Self.manyRetries {
            warn(
                "\(place).retry.max",
                .doubtful,
                "\(retries) retries are many",
                hint: "what fails \(Self.manyRetries) times mostly fails for good"
            )
        }
        guard let limit = definition.settings.timeout else { return }
        let waits: (member: String, span: Span?)? =
            switch node.rule {
            case .question(let question): ("config.timeout", question.timeout)
            case .wait(.duration(let span)), .delay(let span): ("config.duration", span)
            case .wait(.signal(let signal)): ("config.timeout", signal.timeout)
            default: nil
            }
        var times = [("timeout", node.timeout)]
        // The node's own timeout stands for the one that its config does not give.
        if let waits, node.timeout == nil || waits.span?.duration != node.timeout {
            times.append((waits.member, waits.span?.duration))
        }
        for case (let member, let duration?) in times where duration > limit {
            warn(
                "\(place).\(member)",
                .doubtful,
                "node \"\(node.id)\" may take \(duration.text), but the run only \(limit.text)",
                hint: "give the definition a longer \"timeout\""
            )
        }
    }

    /// What is written is read, but nothing comes of it.
    private mutating func checkEffects(of node: Node, at place: String) {
        if node.timeout != nil, node.isWalkedInPlace {
            warn(
                "\(place).timeout",
                .doubtful,
                "a \(node.type) that goes from one child to the next is not timed",
                hint: "give the children a \"timeout\", or the workflow"
            )
        }
        switch node.rule {
        case .wait(.duration), .wait(.until):
            var idle = node.timeout == nil ? [] : ["timeout"]
            for member in ["fallback", "filter", "timeout"]
            where !(node.config[member]?.isNull ?? true) {
                idle.append("config.\(member)")
            }
            for member in idle {
                warn(
                    "\(place).\(member)",
                    .doubtful,
                    "a wait for a time ends by itself, and is neither timed nor filtered",
                    hint: "only a wait for a signal is"
                )
            }
        case .workflow(let child):
            guard child.workflow.isConstant, node.config["workflow"] == .string(definition.name)
            else { break }
            warn(
                "\(place).config.workflow",
                .endless,
                "the workflow runs itself, each time one level deeper",
                hint: "a run may be \(Self.deepestRun) levels deep; \"when\" says where to stop"
            )
        default: break
        }
        if node.retry != nil, !node.kind.allowsHandler, node.kind != .workflow {
            warn(
                "\(place).retry",
                .doubtful,
                "a \(node.type) node is not tried again by itself",
                hint: node.kind.isContainer ? "give its children a \"retry\"" : nil
            )
        }
    }

    private mutating func checkContainer(_ node: Node, at place: String) {
        guard node.kind.isContainer else { return }
        let children = definition.children(of: node.id).count
        if children == 0, unread.unplaced.isEmpty {
            warn(
                place,
                .doubtful,
                "the \(node.type) node \"\(node.id)\" has no children, and does nothing",
                hint: #"give other nodes "parent": "\#(node.id)""#
            )
        }
        switch node.rule {
        case .loop(let rule):
            if case .forEach = rule.mode { return }
            if rule.maximum == nil {
                warn(
                    "\(place).config",
                    .endless,
                    "nothing bounds the loop \"\(node.id)\" but its condition",
                    hint: #"add "max_iter""#
                )
            }
            if rule.concurrency > 1 {
                warn(
                    "\(place).config.concurrency",
                    .doubtful,
                    "only a loop for_each runs iterations side by side"
                )
            }
        default: break
        }
    }

    private mutating func checkHandler(of node: Node, _ known: Set<String>?, at place: String) {
        if case .unknownFunction(let action) = node.rule, !action.isEmpty {
            warn(
                "\(place).config.action",
                .actionUnavailable,
                "unknown function action \"\(action)\", with which the step fails",
                hint: "there are set_context, json_transform, delay and custom"
            )
        }
        guard let known, case .handler(let name) = node.kind, !known.contains(name), !name.isEmpty
        else { return }
        let function = name.hasPrefix(Node.functionPrefix)
        warn(
            "\(place).\(function ? "config.function" : "type")",
            .actionUnavailable,
            function
                ? "no function \"\(name.dropFirst(Node.functionPrefix.count))\" is known"
                : "no handler for \"\(name)\" is known",
            hint: known.isEmpty
                ? nil : "known are \(known.sorted().prefix(20).joined(separator: ", "))"
        )
    }
}
