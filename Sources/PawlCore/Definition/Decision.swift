/// A question to a person, as a `human` node's config asks it.
///
/// `prompt`, `options` (texts, or objects with an `id`; `actions` is read too), `assignee`,
/// `timeout` and `fallback`.
enum Decision {
    /// The ids of the options that a config offers, or `nil` if they are malformed; none means that
    /// any answer is one.
    static func options(in config: JSON) -> [String]? {
        let spellings = [config["options"], config["actions"]]
        guard let offered = spellings.compactMap({ $0 }).first(where: { !$0.isNull }) else {
            return []
        }
        guard let offered = offered.arrayValue else { return nil }
        let ids = offered.compactMap { $0.stringValue ?? $0["id"]?.stringValue }
        return ids.count == offered.count ? ids : nil
    }

    /// What is asked, as people and `pawl.decide` see it.
    static func subject(of config: JSON) -> JSON {
        var subject = config.objectValue ?? [:]
        if let actions = subject.removeValue(forKey: "actions"),
            subject["options"]?.isNull ?? true
        {
            subject["options"] = actions
        }
        for key in ["assignee", "timeout", "fallback"] { subject[key] = nil }
        return .object(subject)
    }

    /// How long the question stands, if not for ever.
    ///
    /// Definitions have been checked to parse.
    static func due(in config: JSON) -> Duration? {
        guard let text = config["timeout"]?.stringValue else { return nil }
        do { return try Duration(text: text) } catch { return nil }
    }

    /// The output of a decision that nobody took in time.
    static func fallbackAnswer(_ choice: String) -> JSON {
        ["choice": .string(choice), "reasoning": "nobody answered in time", "resolved_by": "pawl"]
    }
}
