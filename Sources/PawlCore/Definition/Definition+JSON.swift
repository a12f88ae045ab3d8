extension Definition {
    /// Reads a definition and checks it.
    ///
    /// ```json
    /// {"id": "greet",
    ///  "nodes": [{"id": "start", "type": "start"},
    ///            {"id": "hello", "type": "say", "config": {"text": "hi"},
    ///             "retry": {"max": 3, "backoff": "exponential", "delay": "1s"}, "timeout": "30s"},
    ///            {"id": "end", "type": "end"}],
    ///  "edges": [{"source": "start", "target": "hello"},
    ///            {"source": "hello", "target": "end",
    ///             "condition": {"type": "field", "path": "hello.output.said", "op": "exists"}}]}
    /// ```
    ///
    /// `queue` and `priority` are those of runs that name none. A single node with a handler needs
    /// neither start nor end.
    ///
    /// - Throws: ``InvalidDefinition`` with all problems, not only the first.
    public init(json: JSON) throws(InvalidDefinition) {
        var reader = DefinitionReader(json: json)
        self = try reader.read()
    }
}

/// Reads one definition, collecting what is wrong with it.
private struct DefinitionReader {
    let json: JSON
    var problems: [Problem] = []

    mutating func read() throws(InvalidDefinition) -> Definition {
        guard json.objectValue != nil else {
            throw InvalidDefinition(
                problems: [Problem(at: "", .malformed, "a definition is a JSON object")])
        }
        let name = json["id"]?.stringValue ?? ""
        if !hasLength(name, 1...200) {
            problems.append(
                Problem(
                    at: "id",
                    .malformed,
                    "a workflow is named by 1 to 200 characters",
                    hint: #"add "id": "name""#
                )
            )
        }
        let nodeTexts = list("nodes")
        let edgeTexts = list("edges")
        let nodes = nodeTexts.enumerated().compactMap { node($1, at: "nodes[\($0)]") }
        let edges = edgeTexts.enumerated().compactMap { edge($1, at: "edges[\($0)]") }
        let definition = Definition(
            name: name,
            nodes: nodes,
            edges: edges,
            queue: queue(),
            priority: priority(),
            json: json
        )
        // A part that could not be read would be missed elsewhere: an edge by its target, say.
        if nodes.count == nodeTexts.count, edges.count == edgeTexts.count {
            problems += definition.structuralProblems()
        }
        guard problems.allSatisfy({ $0.severity == .warning }) else {
            throw InvalidDefinition(problems: problems)
        }
        return definition
    }

    private mutating func list(_ key: String) -> [JSON] {
        guard let value = given(json[key]) else { return [] }
        guard let members = value.arrayValue else {
            problems.append(Problem(at: key, .malformed, "\"\(key)\" is not a list"))
            return []
        }
        return members
    }

    private mutating func queue() -> String {
        guard let value = given(json["queue"]) else { return "default" }
        guard let name = value.stringValue, hasLength(name, 1...64) else {
            problems.append(
                Problem(at: "queue", .malformed, "a queue is named by 1 to 64 characters")
            )
            return "default"
        }
        return name
    }

    private mutating func priority() -> Int {
        guard let value = given(json["priority"]) else { return 5 }
        guard let priority = value.intValue, (0...9).contains(priority) else {
            problems.append(
                Problem(
                    at: "priority",
                    .malformed,
                    "a priority is a number from 0 (first) to 9 (last)"
                )
            )
            return 5
        }
        return priority
    }

    private mutating func node(_ json: JSON, at place: String) -> Node? {
        guard let id = json["id"]?.stringValue, hasLength(id, 1...100), !id.contains("."),
            !id.hasPrefix("@")
        else {
            problems.append(
                Problem(
                    at: "\(place).id",
                    .malformed,
                    "a node has no usable id",
                    hint: "use 1 to 100 characters without \".\" and without a leading \"@\""
                )
            )
            return nil
        }
        guard let type = json["type"]?.stringValue, hasLength(type, 1...100),
            !type.hasPrefix("@")
        else {
            problems.append(
                Problem(
                    at: "\(place).type",
                    .malformed,
                    "node \"\(id)\" has no usable type",
                    hint: "start, end, log, parallel, human, or the name of a handler"
                )
            )
            return nil
        }
        let config = given(json["config"]) ?? [:]
        if config.objectValue == nil {
            problems.append(
                Problem(at: "\(place).config", .malformed, "\"config\" is not an object")
            )
        }
        let kind = Node.Kind(rawValue: type)
        if kind == .human {
            checkDecision(config, at: "\(place).config")
        }
        let parent = given(json["parent"])
        if parent != nil, parent?.stringValue == nil {
            problems.append(
                Problem(at: "\(place).parent", .malformed, "\"parent\" is not the id of a node")
            )
        }
        return Node(
            id,
            kind,
            config: config,
            parent: parent?.stringValue,
            retry: retry(json["retry"], at: "\(place).retry"),
            timeout: duration(json["timeout"], at: "\(place).timeout")
        )
    }

    private mutating func checkDecision(_ config: JSON, at place: String) {
        _ = duration(config["timeout"], at: "\(place).timeout")
        guard let options = Decision.options(in: config) else {
            problems.append(
                Problem(
                    at: "\(place).options",
                    .malformed,
                    "the options are not a list of texts, or of objects with an \"id\"",
                    hint: #"for example ["approve", "reject"]; leave them out to take any answer"#
                )
            )
            return
        }
        guard let fallback = given(config["fallback"]) else { return }
        guard let choice = fallback.stringValue, options.isEmpty || options.contains(choice) else {
            problems.append(
                Problem(
                    at: "\(place).fallback",
                    .malformed,
                    "the fallback \(fallback) is not one of the options",
                    hint: "use \(options.isEmpty ? "a text" : options.joined(separator: ", "))"
                )
            )
            return
        }
    }

    private mutating func edge(_ json: JSON, at place: String) -> Edge? {
        guard let source = json["source"]?.stringValue, let target = json["target"]?.stringValue
        else {
            problems.append(
                Problem(at: place, .malformed, "an edge names its \"source\" and its \"target\"")
            )
            return nil
        }
        guard let condition = given(json["condition"]) else { return Edge(source, target) }
        return Condition(json: condition, at: "\(place).condition", problems: &problems).map {
            Edge(source, target, when: $0)
        }
    }

    private mutating func retry(_ json: JSON?, at place: String) -> RetryPolicy? {
        guard let json = given(json) else { return nil }
        guard let retries = json["max"]?.intValue, (0...1_000).contains(retries) else {
            problems.append(
                Problem(
                    at: "\(place).max",
                    .malformed,
                    "\"max\" is the number of retries, 0 to 1000"
                )
            )
            return nil
        }
        let name = json["backoff"]?.stringValue ?? "exponential"
        guard let backoff = RetryPolicy.Backoff(rawValue: name) else {
            problems.append(
                Problem(
                    at: "\(place).backoff",
                    .malformed,
                    "unknown backoff \"\(name)\"",
                    hint: "use none, constant, linear or exponential"
                )
            )
            return nil
        }
        let delay = duration(json["delay"], at: "\(place).delay") ?? .seconds(1)
        let longest = duration(json["max_delay"], at: "\(place).max_delay") ?? .seconds(3_600)
        return RetryPolicy(
            maximumRetries: retries,
            backoff: backoff,
            delay: min(delay, longest),
            maximumDelay: longest
        )
    }

    private mutating func duration(_ json: JSON?, at place: String) -> Duration? {
        guard let json = given(json) else { return nil }
        guard let text = json.stringValue else {
            problems.append(
                Problem(
                    at: place,
                    .malformed,
                    "a duration is text",
                    hint: #"for example "30s""#
                )
            )
            return nil
        }
        do {
            return try Duration(text: text)
        } catch {
            problems.append(Problem(at: place, .malformed, "\(error)"))
            return nil
        }
    }

    /// A member that is `null` is one that is left out.
    private func given(_ json: JSON?) -> JSON? {
        guard let json, !json.isNull else { return .none }
        return json
    }

    /// Whether a text has that length, as PostgreSQL counts it.
    private func hasLength(_ text: String, _ range: ClosedRange<Int>) -> Bool {
        range.contains(text.unicodeScalars.count)
    }
}
