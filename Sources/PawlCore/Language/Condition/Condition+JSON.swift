extension Condition {
    /// How deep conditions may nest; evaluating one level costs stack.
    package static let maximumDepth = 256

    /// Reads a condition, or records what is wrong with it.
    ///
    /// The forms are `{"type": "field", "path": P, "op": O, "value": V}`, where `"value_path": P`
    /// compares with the value at another path; `{"type": "all" | "any", "conditions": […]}`,
    /// `{"type": "not", "conditions": [one]}`, `{"type": "otherwise"}`; and an expression as text.
    /// What is empty never holds, which is a warning. If it is lenient, so does what is of an unknown
    /// type or names no path.
    init?(json: JSON, at place: String, problems: inout [Problem], isLenient: Bool = false) {
        var reader = ConditionReader(problems: problems, isLenient: isLenient)
        let condition = reader.condition(json, at: place, depth: 0)
        problems = reader.problems
        guard let condition else { return nil }
        self = condition
    }
}

/// Reads one condition, collecting what is wrong with it.
private struct ConditionReader {
    var problems: [Problem]
    let isLenient: Bool

    mutating func condition(_ json: JSON, at place: String, depth: Int) -> Condition? {
        guard depth < Condition.maximumDepth else {
            return refuse(
                place,
                .tooLarge,
                "the condition nests too deep",
                hint: "use at most \(Condition.maximumDepth) levels"
            )
        }
        switch json {
        case .bool(let value): return value ? .all([]) : .never
        case .string(let text): return expression(text, at: place)
        case .null: return never(place, "the condition is empty, and never holds")
        case .object(let members) where members.isEmpty:
            return never(place, "the condition is empty, and never holds")
        case .object: break
        case .array, .integer, .number:
            return refuse(
                place,
                .malformed,
                "a condition is an object or an expression",
                hint: #"write {"type": "field", …} or "node.output.name == 1""#
            )
        }
        switch json["type"] ?? "field" {
        case "field", .null: return field(json, at: place)
        case "all": return list(json, at: place, depth: depth).map { .all($0) }
        case "any": return list(json, at: place, depth: depth).map { .any($0) }
        case "not":
            guard json["conditions"]?.arrayValue?.count == 1 else {
                return refuse(
                    place,
                    .malformed,
                    "\"not\" takes exactly one condition",
                    hint: "wrap several in \"all\" or \"any\""
                )
            }
            return list(json, at: place, depth: depth)?.first.map { .not($0) }
        case "otherwise": return .otherwise
        case let type:
            let hint = "use field, all, any, not or otherwise"
            guard isLenient else {
                return refuse(
                    place,
                    .malformed,
                    "unknown condition type \(type.excerpt)",
                    hint: hint
                )
            }
            return never(
                place,
                "unknown condition type \(type.excerpt), which never holds",
                hint: hint
            )
        }
    }

    private mutating func expression(_ text: String, at place: String) -> Condition? {
        guard text.unicodeScalars.contains(where: { !$0.properties.isWhitespace }) else {
            return never(place, "the condition is empty, and never holds")
        }
        do {
            return try Expression.condition(text)
        } catch {
            return refuse(place, .malformed, error.summary, hint: error.hint)
        }
    }

    private mutating func list(_ json: JSON, at place: String, depth: Int) -> [Condition]? {
        guard let members = json["conditions"]?.arrayValue else {
            return refuse(
                place,
                .malformed,
                "\"conditions\" is not a list",
                hint: #"write "conditions": [ … ]"#
            )
        }
        return members.enumerated().compactMap { index, member in
            condition(member, at: "\(place).conditions[\(index)]", depth: depth + 1)
        }
    }

    private mutating func field(_ json: JSON, at place: String) -> Condition? {
        let path: Path
        switch json["path"] ?? .null {
        case .string(let text): path = Path(text)
        case .null: path = ""
        default:
            return refuse("\(place).path", .malformed, "a path is text", hint: #"write "a.output""#)
        }
        guard path.description.isEmpty else { return comparison(path, json, at: place) }
        let hint = #"write {"type": "field", "path": "node.output.name", …}"#
        guard isLenient else {
            return refuse(place, .malformed, "the field condition names no path", hint: hint)
        }
        warn(place, "the field condition names no path, and never holds", hint: hint)
        return comparison(path, json, at: place)
    }

    private mutating func comparison(_ path: Path, _ json: JSON, at place: String) -> Condition? {
        let name = json["op"]?.stringValue ?? ""
        switch name {
        case "exists": return .exists(path)
        case "matches": return matches(path, json, at: place)
        default: break
        }
        guard let comparison = Condition.Operator(rawValue: name) else {
            let known = Condition.Operator.allCases.map(\.rawValue) + ["matches", "exists"]
            return refuse(
                place,
                .unknownOperator,
                "unknown condition operator \"\(name)\"",
                hint: "use \(known.joined(separator: ", "))"
            )
        }
        return right(json, of: comparison, at: place).map {
            .comparison(.path(path), comparison, $0)
        }
    }

    private mutating func right(
        _ json: JSON,
        of comparison: Condition.Operator,
        at place: String
    ) -> Operand? {
        guard let other = json["value_path"], !other.isNull else {
            let value = json["value"] ?? .null
            if !comparison.accepts(value) {
                warn(
                    place,
                    "\"\(comparison.rawValue)\" never holds with \(value)",
                    hint: comparison == .isIn || comparison == .notIn
                        ? "write a list or a text" : "write a number, a text or a list"
                )
            }
            return .value(value)
        }
        guard let text = other.stringValue, json["value"]?.isNull ?? true else {
            return refuse(
                place,
                .malformed,
                "the right side is not one path or one value",
                hint: #"write "value": V, or "value_path": "node.output.name""#
            )
        }
        return .path(Path(text))
    }

    private mutating func matches(_ path: Path, _ json: JSON, at place: String) -> Condition? {
        guard let text = json["value"]?.stringValue else {
            return refuse(
                "\(place).value",
                .malformed,
                "\"matches\" takes a pattern",
                hint: #"write "value": "^[a-z]+$""#
            )
        }
        do {
            return .matches(.path(path), try Pattern(text))
        } catch {
            return refuse("\(place).value", .malformed, error.summary, hint: error.hint)
        }
    }
}

extension ConditionReader {
    /// Records an error and gives nothing, whatever was to be given.
    private mutating func refuse<T>(
        _ place: String,
        _ code: Problem.Code,
        _ message: String,
        hint: String
    ) -> T? {
        problems.append(Problem(at: place, code, message, hint: hint))
        return nil
    }

    private mutating func never(
        _ place: String,
        _ message: String,
        hint: String = "leave it out where a condition is optional"
    ) -> Condition {
        warn(place, message, hint: hint)
        return .never
    }

    private mutating func warn(_ place: String, _ message: String, hint: String) {
        problems.append(Problem(at: place, .malformed, message, hint: hint, severity: .warning))
    }
}
