// Reads the questions of `human` and `reasoning` nodes.
extension DefinitionReader {
    mutating func question(
        _ kind: Node.Kind,
        _ config: JSON,
        _ limit: Span?,
        at place: String
    ) -> Node.Question? {
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
        guard let subject = template(Self.subject(of: config), at: place) else { return nil }
        return Node.Question(
            subject: subject,
            data: data(given(config["data_inject"]), at: "\(place).data_inject"),
            assignee: template(assignee, at: "\(place).assignee"),
            timeout: span(config["timeout"], at: "\(place).timeout") ?? limit,
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

    /// What is shown beside the question; a text without a placeholder may be a path.
    private mutating func data(_ json: JSON?, at place: String) -> [Node.Question.Datum] {
        (json?.objectValue ?? [:]).sorted { $0.key < $1.key }.compactMap { name, value in
            if let text = value.stringValue, !text.contains("{{") {
                return Node.Question.Datum(name: name, value: .path(Path(text), otherwise: text))
            }
            return template(value, at: "\(place).\(name)").map {
                Node.Question.Datum(name: name, value: .template($0))
            }
        }
    }
}
