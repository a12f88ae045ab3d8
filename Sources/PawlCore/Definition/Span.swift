/// How long something takes, as a definition says it: known at once, or when its node is entered.
enum Span: Hashable, Sendable {
    /// A duration that is written, and how.
    case fixed(Duration, text: String)
    /// What gives one: a template.
    case template(Template)

    /// The duration, unless it depends on the run.
    var duration: Duration? {
        if case .fixed(let duration, _) = self { duration } else { nil }
    }

    /// The duration by what is known, and as it is written.
    func resolve(_ known: some Knowledge) throws(Failure) -> (duration: Duration, text: String) {
        switch self {
        case .fixed(let duration, let text): return (duration, text)
        case .template(let template):
            let value: JSON
            do { value = try template.resolve(known) } catch { throw Failure(error) }
            do {
                if let text = value.stringValue { return (try Duration(text: text), text) }
            } catch {
                // It is told with the value, like what is no text.
            }
            throw Failure(
                .validation,
                "\(value.excerpt) is not a duration; write 30s or 1h30m, for example",
                isRetryable: false
            )
        }
    }
}

extension DefinitionReader {
    /// Reads a duration, or a template that gives one.
    mutating func span(_ json: JSON?, at place: String) -> Span? {
        guard let json = given(json) else { return nil }
        if json.stringValue?.contains("{{") ?? false {
            guard let template = template(json, at: place) else { return nil }
            if !template.isConstant { return .template(template) }
        }
        return duration(json, at: place).map { .fixed($0, text: json.stringValue ?? "") }
    }
}
