extension Definition {
    /// A definition without what it need not say, as RoomKit's graphs write it.
    ///
    /// Left out are members that are `null`, empty `config` and `metadata`, and version 1. The lists
    /// of nodes and edges are always there, and so are the type and the value of a condition on a
    /// field. What was written like that comes back the same.
    package static func normalForm(of json: JSON) -> JSON {
        guard var members = json.objectValue else { return json }
        members = members.filter { !isOmitted($0, $1) && !($0 == "version" && $1 == 1) }
        if let trigger = members["trigger"], trigger.objectValue != nil {
            members["trigger"] = Trigger(json: trigger).json
        }
        members["nodes"] = list(members["nodes"]) { $0 }
        members["edges"] = list(members["edges"]) { edge in
            var edge = edge
            edge["condition"] = edge["condition"].map { normalCondition($0, depth: 0) }
            return edge
        }
        return .object(members)
    }

    /// A list of objects, each without what it need not say; what is something else stays.
    private static func list(
        _ json: JSON?,
        _ change: ([String: JSON]) -> [String: JSON]
    ) -> JSON {
        guard let json, let values = json.arrayValue else { return json ?? [] }
        return .array(
            values.map { value in
                guard let members = value.objectValue else { return value }
                return .object(change(members.filter { !isOmitted($0, $1) }))
            }
        )
    }

    private static func isOmitted(_ key: String, _ value: JSON) -> Bool {
        value.isNull || (value == [:] && (key == "config" || key == "metadata"))
    }

    private static func normalCondition(_ json: JSON, depth: Int) -> JSON {
        // A text that was parsed is never that deep.
        guard var members = json.objectValue, depth < JSONParser.maximumDepth else { return json }
        switch members["type"] ?? "field" {
        case "field":
            members["type"] = "field"
            members["value"] = members["value"] ?? .null
        case "all", "any", "not":
            members["conditions"] = members["conditions"].map { conditions in
                guard let list = conditions.arrayValue else { return conditions }
                return .array(list.map { normalCondition($0, depth: depth + 1) })
            }
        default: break
        }
        return .object(members)
    }
}
