extension StepsForm {
    /// The members of a workflow in opcode's form, and those that Pawl reads there besides.
    private static let known: Set<String> = [
        "steps", "inputs", "on_complete", "on_error", "timeout", "on_timeout", "metadata",
        "id", "name", "description", "version", "queue", "priority", "limits", "trigger",
        "input_schema", "output_schema",
    ]
    /// Those that pass as they are.
    private static let passing = [
        "timeout", "on_timeout", "description", "version", "queue", "priority", "limits",
        "trigger", "input_schema", "output_schema",
    ]

    /// The members of the definition that are about the workflow as a whole.
    ///
    /// A template has a name and schemas beside its `definition`; what else it has is kept in
    /// `metadata`.
    mutating func heading(
        _ workflow: [String: JSON],
        at prefix: String,
        template: [String: JSON]
    ) -> [String: JSON] {
        var heading: [String: JSON] = [:]
        var metadata: [String: JSON] = [:]
        for (key, value) in template.sorted(by: { $0.key < $1.key }) where !value.isNull {
            if key == "definition" { continue }
            if Self.passing.contains(key) || key == "id" || key == "name" {
                heading[key] = value
            } else {
                metadata[key] = value
            }
        }
        for key in workflow.keys.sorted() where !Self.known.contains(key) {
            problems.append(
                unknown(key, of: "a workflow", at: prefix, known: Self.known)
            )
        }
        for key in Self.passing + ["id", "name"] {
            guard let value = workflow[key], !value.isNull else { continue }
            heading[key] = value
            places.add(key, from: prefix + key)
        }
        if heading["id"] == nil, let name = heading.removeValue(forKey: "name") {
            heading["id"] = name
            places.add("id", from: (workflow["name"] == nil ? "" : prefix) + "name")
        }
        if let inputs = workflow["inputs"], !inputs.isNull {
            places.add("input_schema", from: prefix + "inputs")
            if heading["input_schema"] == nil {
                heading["input_schema"] = schema(inputs)
            } else {
                problems.append(
                    Problem(
                        at: prefix + "inputs",
                        .doubtful,
                        "\"inputs\" is not used, because there is an \"input_schema\"",
                        hint: "remove one of the two",
                        severity: .warning
                    )
                )
            }
        }
        if let given = workflow["metadata"], !given.isNull {
            places.add("metadata", from: prefix + "metadata")
            guard let members = given.objectValue else {
                heading["metadata"] = given
                return heading
            }
            metadata.merge(members) { $1 }
        }
        if !metadata.isEmpty { heading["metadata"] = .object(metadata) }
        return heading
    }

    /// A member that the form does not have.
    func unknown(
        _ key: String,
        of what: String,
        at prefix: String,
        known: some Sequence<String>
    )
        -> Problem
    {
        Problem(
            at: prefix + key,
            .unknownMember,
            "\(what) has no member \"\(key)\"",
            hint: "there are \(known.sorted().joined(separator: ", "))"
        )
    }

    private static let types: Set<String> = [
        "string", "number", "integer", "boolean", "object", "array", "null",
    ]

    /// The schema of a workflow's inputs.
    ///
    /// `inputs` is a schema, or has an entry per input: a schema of its own, in which
    /// `"required": true` may stand, the name of a type, or the value that is taken if none is given.
    private func schema(_ inputs: JSON) -> JSON {
        guard let entries = inputs.objectValue, entries["properties"]?.objectValue == nil,
            entries["type"] != "object"
        else { return inputs }
        var properties: [String: JSON] = [:]
        var required: [String] = []
        for (name, entry) in entries {
            switch entry {
            case .object(var members):
                if let isRequired = members["required"]?.boolValue {
                    members["required"] = nil
                    if isRequired { required.append(name) }
                }
                properties[name] = .object(members)
            case .string(let type) where Self.types.contains(type):
                properties[name] = ["type": .string(type)]
            default:
                properties[name] = ["default": entry]
            }
        }
        var schema: [String: JSON] = ["type": "object", "properties": .object(properties)]
        if !required.isEmpty { schema["required"] = .array(required.sorted().map(JSON.string)) }
        return .object(schema)
    }
}
