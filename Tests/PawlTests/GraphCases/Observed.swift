import PawlCore

/// What was observed of another system, put as our engine would have done the same.
struct Observed {
    /// Whether two results say the same.
    ///
    /// Text that was made from values is compared as JSON prints them: `True`, `None` and `{'a': 1}`
    /// are `true`, `null` and `{"a":1}`.
    static func same(_ left: JSON, _ right: JSON) -> Bool {
        switch (left, right) {
        case (.string(let left), .string(let right)):
            return left == right || printed(left) == printed(right)
        case (.array(let left), .array(let right)):
            return left.count == right.count && zip(left, right).allSatisfy { same($0, $1) }
        case (.object(let left), .object(let right)):
            return left.keys == right.keys
                && left.allSatisfy { key, value in right[key].map { same(value, $0) } ?? false }
        default: return left == right
        }
    }

    private static func printed(_ text: String) -> String {
        var text = text
        for (theirs, ours) in [
            ("True", "true"), ("False", "false"), ("None", "null"), ("'", "\""), (", ", ","),
            (": ", ":"),
        ] {
            text = text.replacing(theirs, with: ours)
        }
        return text.replacing(#/(\d)\.0\b/#) { "\($0.output.1)" }
    }

    /// Events without their numbers, those of containers' children apart, by node.
    ///
    /// Children run side by side, and ours tell more of themselves: that they begin and end.
    static func events(
        _ events: JSON,
        in one: GraphCase
    ) -> (main: [JSON], children: [String: [JSON]]) {
        let inside = Set(
            one.nodes.filter { !($0["parent"]?.isNull ?? true) }.compactMap {
                $0["id"]?.stringValue
            }
        )
        var main: [JSON] = []
        var children: [String: [JSON]] = [:]
        for event in events.arrayValue ?? [] {
            var members = event.objectValue ?? [:]
            members["seq"] = nil
            let node = members["node_id"]?.stringValue ?? ""
            if !inside.contains(node) {
                main.append(.object(members))
            } else if members["mode"] != "lifecycle" {
                children[node, default: []].append(.object(members))
            }
        }
        return (main, children)
    }

    /// An error that was not one of execution is one for us, at the node where it happened.
    static func record(_ record: JSON) -> JSON {
        guard record["error"]?["is_execution_error"] == false,
            var members = record.objectValue,
            let node = members["current_node_id"]?.stringValue,
            let message = members["error"]?["message"]?.stringValue
        else { return record }
        members["error"] = [
            "type": "ExecutionError", "message": .string("Node '\(node)' failed: \(message)"),
            "is_execution_error": true,
        ]
        if var events = members["events"]?.arrayValue,
            let last = events.lastIndex(where: { $0["payload"]?["phase"] == "complete" }),
            var event = events[last].objectValue, var payload = event["payload"]?.objectValue
        {
            payload["status"] = "failed"
            event["payload"] = .object(payload)
            events[last] = .object(event)
            members["events"] = .array(events)
        }
        return .object(members)
    }
}
