extension Condition {
    /// Reads a condition, or records what is wrong with it.
    ///
    /// The forms are `{"type": "field", "path": P, "op": O, "value": V}`, `{"type": "all" | "any",
    /// "conditions": […]}`, `{"type": "not", "conditions": [one]}` and `{"type": "otherwise"}`.
    init?(json: JSON, at place: String, problems: inout [Problem]) {
        let type = json["type"] ?? "field"
        switch type {
        case "field":
            guard let path = json["path"]?.stringValue, !path.isEmpty else {
                problems.append(
                    Problem(
                        at: place,
                        .malformed,
                        "a field condition names no path",
                        hint: #"write {"type": "field", "path": "node.output.name", …}"#
                    )
                )
                return nil
            }
            let name = json["op"]?.stringValue ?? ""
            guard let comparison = Operator(rawValue: name) else {
                problems.append(
                    Problem(
                        at: place,
                        .unknownOperator,
                        "unknown condition operator \"\(name)\"",
                        hint: "use \(Operator.allCases.map(\.rawValue).joined(separator: ", "))"
                    )
                )
                return nil
            }
            self = .field(path: path, comparison, json["value"] ?? .null)
        case "all":
            self = .all(Self.list(json, at: place, problems: &problems))
        case "any":
            self = .any(Self.list(json, at: place, problems: &problems))
        case "not":
            guard json["conditions"]?.arrayValue?.count == 1 else {
                problems.append(
                    Problem(
                        at: place,
                        .malformed,
                        "\"not\" takes exactly one condition",
                        hint: "wrap several in \"all\" or \"any\""
                    )
                )
                return nil
            }
            guard let inner = Self.list(json, at: place, problems: &problems).first else {
                return nil
            }
            self = .not(inner)
        case "otherwise":
            self = .otherwise
        default:
            problems.append(
                Problem(
                    at: place,
                    .malformed,
                    "unknown condition type \(type)",
                    hint: "use field, all, any, not or otherwise"
                )
            )
            return nil
        }
    }

    private static func list(
        _ json: JSON,
        at place: String,
        problems: inout [Problem]
    ) -> [Condition] {
        guard let members = json["conditions"]?.arrayValue else {
            problems.append(
                Problem(
                    at: place,
                    .malformed,
                    "\"conditions\" is not a list",
                    hint: #"write "conditions": [ … ]"#
                )
            )
            return []
        }
        return members.enumerated().compactMap { index, member in
            Condition(json: member, at: "\(place).conditions[\(index)]", problems: &problems)
        }
    }
}
