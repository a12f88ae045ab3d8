// Reads the questions of `human` and `reasoning` nodes.
extension DefinitionReader {
    mutating func question(_ kind: Node.Kind, _ config: JSON, at place: String) -> Node.Question {
        let options = options(config, at: place)
        var fallback: String?
        if let value = given(config["fallback"]) {
            fallback = value.stringValue
            if fallback == nil || !(options.isEmpty || options.contains(fallback ?? "")) {
                report(
                    "\(place).fallback",
                    "the fallback \(value) is not one of the options",
                    hint: "use \(options.isEmpty ? "a text" : options.joined(separator: ", "))"
                )
            }
        }
        let assignee = kind == .reasoning ? config["target_agent"] : config["assignee"]
        return Node.Question(
            subject: Template(json: Self.subject(of: config)),
            data: given(config["data_inject"]).map { Template(json: Self.asReferences($0)) },
            assignee: given(assignee).map(Template.init(json:)),
            timeout: duration(config["timeout"], at: "\(place).timeout"),
            fallback: fallback
        )
    }

    /// The ids of the options that a config offers; none means that any answer is one.
    ///
    /// They are texts, or objects with an `id`; `actions` is read too.
    private mutating func options(_ config: JSON, at place: String) -> [String] {
        let offered = [config["options"], config["actions"]].compactMap { given($0) }.first
        guard let offered else { return [] }
        let ids = offered.arrayValue?.compactMap { $0.stringValue ?? $0["id"]?.stringValue }
        guard let ids, ids.count == offered.arrayValue?.count else {
            report(
                "\(place).options",
                "the options are not a list of texts, or of objects with an \"id\"",
                hint: #"for example ["approve", "reject"]; leave them out to take any answer"#
            )
            return []
        }
        return ids
    }

    /// What is asked, as people and `pawl.decide` see it.
    private static func subject(of config: JSON) -> JSON {
        var subject = config.objectValue ?? [:]
        if let actions = subject.removeValue(forKey: "actions"),
            subject["options"]?.isNull ?? true
        {
            subject["options"] = actions
        }
        for key in ["assignee", "target_agent", "timeout", "fallback", "data_inject"] {
            subject[key] = nil
        }
        return .object(subject)
    }

    /// What is injected may be named by bare paths.
    private static func asReferences(_ data: JSON) -> JSON {
        guard let members = data.objectValue else { return data }
        return .object(
            members.mapValues { value in
                guard let text = value.stringValue, !text.contains("{{") else { return value }
                return .string("{{\(text)}}")
            }
        )
    }
}
