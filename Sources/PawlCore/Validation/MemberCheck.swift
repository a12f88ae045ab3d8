/// Looks for members that nobody reads: most are misspelled.
struct MemberCheck {
    private static let ofDefinition: Set<String> = [
        "id", "name", "description", "version", "trigger", "metadata", "nodes", "edges", "queue",
        "priority", "input_schema", "output_schema", "timeout", "on_timeout", "on_error",
        "on_complete", "limits",
    ]
    private static let ofNode: Set<String> = [
        "id", "type", "name", "description", "config", "metadata", "parent", "retry", "timeout",
        "when", "on_error", "depends_on", "breaker",
    ]
    private static let ofEdge: Set<String> = ["source", "target", "condition", "metadata"]
    private static let ofRetry: Set<String> = ["max", "backoff", "delay", "max_delay"]
    private static let ofBreaker: Set<String> = ["name", "failures", "cooldown"]
    private static let ofLimits: Set<String> = [
        "steps", "visits", "concurrency", "rate", "shared", "weight",
    ]
    private static let ofConcurrency: Set<String> = ["limit", "key", "total"]
    private static let ofRate: Set<String> = ["limit", "per", "key"]
    private static let ofShared: Set<String> = ["name", "key"]
    private var problems: [Problem] = []

    static func warnings(_ json: JSON) -> [Problem] {
        var check = MemberCheck()
        check.check(json, at: "", "a definition", ofDefinition)
        check.check(json["limits"], at: "limits", "\"limits\"", ofLimits)
        let limits = json["limits"]
        check.check(
            limits?["concurrency"],
            at: "limits.concurrency",
            "\"concurrency\"",
            ofConcurrency
        )
        check.check(limits?["rate"], at: "limits.rate", "\"rate\"", ofRate)
        for (index, shared) in (limits?["shared"]?.arrayValue ?? []).enumerated() {
            check.check(shared, at: "limits.shared[\(index)]", "a shared limit", ofShared)
        }
        check.checkTrigger(json["trigger"])
        for (index, node) in (json["nodes"]?.arrayValue ?? []).enumerated() {
            let place = "nodes[\(index)]"
            check.check(node, at: place, "a node", ofNode)
            check.check(node["retry"], at: "\(place).retry", "\"retry\"", ofRetry)
            check.check(node["breaker"], at: "\(place).breaker", "\"breaker\"", ofBreaker)
            if let type = node["type"]?.stringValue, let config = node["config"],
                let form = ConfigForm.of(type, config)
            {
                check.check(
                    config,
                    at: "\(place).config",
                    "the config of a \(type) node",
                    Set(form.members.keys),
                    // What else a question has helps to decide.
                    type == "human" || type == "reasoning"
                        ? "it is only shown with the question" : "it is not read"
                )
            }
        }
        for (index, edge) in (json["edges"]?.arrayValue ?? []).enumerated() {
            check.check(edge, at: "edges[\(index)]", "an edge", ofEdge)
        }
        return check.problems
    }

    private mutating func check(
        _ json: JSON?,
        at place: String,
        _ what: String,
        _ known: Set<String>,
        _ consequence: String = "it is not read"
    ) {
        guard let members = json?.objectValue else { return }
        for name in members.keys.sorted() where !known.contains(name) {
            problems.append(
                Problem(
                    at: place.isEmpty ? name : "\(place).\(name)",
                    .unknownMember,
                    "\(what) has no member \"\(name)\"; \(consequence)",
                    hint: known.isEmpty
                        ? nil : "there are \(known.sorted().joined(separator: ", "))",
                    severity: .warning
                )
            )
        }
    }

    private mutating func checkTrigger(_ json: JSON?) {
        guard let json, !json.isNull else { return }
        if case .unknown(let type) = Trigger(json: json).kind {
            problems.append(
                Problem(
                    at: "trigger",
                    .unknownMember,
                    json.objectValue == nil
                        ? "a trigger is an object" : "unknown type of trigger \"\(type)\"",
                    hint: "there are webhook, scheduled, event and manual",
                    severity: .warning
                )
            )
        }
    }
}
