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
    /// A single node with a handler needs neither start nor end.
    ///
    /// - Throws: ``InvalidDefinition`` with all problems, not only the first.
    public init(json: JSON) throws(InvalidDefinition) {
        var reader = DefinitionReader()
        reader.problems += ZeroCheck.problems(in: json)
        self = reader.definition(json)
        guard reader.problems.allSatisfy({ $0.severity == .warning }) else {
            throw InvalidDefinition(problems: reader.problems)
        }
    }
}

/// Reads one definition, collecting what is wrong with it.
struct DefinitionReader {
    var problems: [Problem] = []
    var unread = Unread()

    /// Reads a definition as far as it can be read, and looks at the graph as a whole.
    mutating func definition(_ json: JSON) -> Definition {
        let definition = parts(of: json)
        if json.objectValue != nil { problems += definition.structuralProblems(unread) }
        return definition
    }

    /// Reads a definition as far as it can be read, without looking at the graph as a whole.
    mutating func parts(of json: JSON) -> Definition {
        guard json.objectValue != nil else {
            report("", "a definition is a JSON object")
            return Definition(name: "", nodes: [], edges: [], settings: .init(), json: json)
        }
        let name = json["id"]?.stringValue ?? ""
        if !hasLength(name, 1...200) {
            report(
                "id",
                "a workflow is named by 1 to 200 characters",
                hint: #"add "id": "name""#
            )
        }
        let nodes = list(json, "nodes").enumerated().map { node($1, at: "nodes[\($0)]") }
        let edges = list(json, "edges").enumerated().map { edge($1, number: $0) }
        return Definition(
            name: name,
            nodes: nodes,
            edges: edges,
            settings: settings(json),
            json: json
        )
    }

    private mutating func settings(_ json: JSON) -> Definition.Settings {
        var settings = Definition.Settings()
        if let value = given(json["queue"]) {
            if let name = value.stringValue, hasLength(name, 1...64), !name.hasPrefix("@") {
                settings.queue = name
            } else {
                report(
                    "queue",
                    "a queue is named by 1 to 64 characters, the first of them no \"@\""
                )
            }
        }
        if let value = given(json["priority"]) {
            if let priority = value.intValue, (0...9).contains(priority) {
                settings.priority = priority
            } else {
                report("priority", "a priority is a number from 0 (first) to 9 (last)")
            }
        }
        settings.timeout = duration(json["timeout"], at: "timeout")
        if let value = given(json["on_timeout"]) {
            if let action = value.stringValue.flatMap(Definition.TimeoutAction.init) {
                settings.onTimeout = action
            } else {
                report("on_timeout", "unknown action \(value)", hint: "use fail, suspend or cancel")
            }
        }
        settings.inputSchema = schema(json["input_schema"], at: "input_schema")
        settings.outputSchema = schema(json["output_schema"], at: "output_schema")
        settings.onError = ending(json, "on_error")
        settings.onComplete = ending(json, "on_complete")
        settings.maximumSteps = number(
            json["limits"]?["steps"],
            at: "limits.steps",
            in: 1...10_000_000
        )
        settings.maximumVisits = number(
            json["limits"]?["visits"],
            at: "limits.visits",
            in: 1...10_000_000
        )
        settings.limits = runLimits(json["limits"])
        return settings
    }

    private mutating func ending(_ json: JSON, _ key: String) -> String? {
        let id = text(json[key], at: key, "the id of a node")
        if id == nil, given(json[key]) != nil { unread.hasLostWays = true }
        return id
    }

    private mutating func schema(_ json: JSON?, at place: String) -> ValueSchema? {
        guard let json = given(json) else { return nil }
        do {
            return try ValueSchema(json: json, at: place)
        } catch {
            problems += error.problems
            return nil
        }
    }

    private mutating func edge(_ json: JSON, number: Int) -> Edge {
        let place = "edges[\(number)]"
        let source = json["source"]?.stringValue ?? ""
        let target = json["target"]?.stringValue ?? ""
        if source.isEmpty || target.isEmpty {
            report(place, "an edge names its \"source\" and its \"target\"")
            unread.edges.insert(number)
            unread.hasLostWays = true
        }
        guard let json = given(json["condition"]) else { return Edge(source, target) }
        let condition = Condition(json: json, at: "\(place).condition", problems: &problems)
        if condition == nil { unread.edges.insert(number) }
        return Edge(source, target, when: condition ?? .never)
    }
}

// What the parts of a definition are made of.
extension DefinitionReader {
    mutating func report(_ place: String, _ message: String, hint: String? = nil) {
        problems.append(Problem(at: place, .malformed, message, hint: hint))
    }

    mutating func list(_ json: JSON, _ key: String) -> [JSON] {
        guard let value = given(json[key]) else { return [] }
        guard let members = value.arrayValue else {
            report(key, "\"\(key)\" is not a list")
            unread.hasLostWays = true
            return []
        }
        return members
    }

    mutating func text(_ json: JSON?, at place: String, _ what: String) -> String? {
        guard let json = given(json) else { return nil }
        guard let text = json.stringValue else {
            report(place, "\(json.excerpt) is not \(what)")
            return nil
        }
        return text
    }

    mutating func number(_ json: JSON?, at place: String, in range: ClosedRange<Int>) -> Int? {
        guard let json = given(json) else { return nil }
        guard let number = json.intValue, range.contains(number) else {
            report(
                place,
                "\(json.excerpt) is not a number from \(range.lowerBound) to \(range.upperBound)"
            )
            return nil
        }
        return number
    }

    mutating func flag(_ json: JSON?, at place: String, otherwise: Bool) -> Bool {
        guard let json = given(json) else { return otherwise }
        guard let flag = json.boolValue else {
            report(place, "\(json.excerpt) is neither true nor false")
            return otherwise
        }
        return flag
    }

    mutating func duration(_ json: JSON?, at place: String) -> Duration? {
        guard let json = given(json) else { return nil }
        guard let text = json.stringValue else {
            report(place, "a duration is text", hint: #"for example "30s""#)
            return nil
        }
        do {
            return try Duration(text: text)
        } catch {
            report(place, "\(error)")
            return nil
        }
    }

    mutating func retry(_ json: JSON?, at place: String) -> RetryPolicy? {
        guard let json = given(json) else { return nil }
        guard let retries = json["max"]?.intValue, (0...1_000).contains(retries) else {
            report("\(place).max", "\"max\" is the number of retries, 0 to 1000")
            return nil
        }
        let name = given(json["backoff"]) ?? "exponential"
        guard let backoff = name.stringValue.flatMap(RetryPolicy.Backoff.init) else {
            report(
                "\(place).backoff",
                "unknown backoff \(name.excerpt)",
                hint: "use none, constant, linear or exponential"
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

    /// A member that is `null` is one that is left out.
    func given(_ json: JSON?) -> JSON? {
        guard let json, !json.isNull else { return .none }
        return json
    }

    /// Whether a text has that length, as PostgreSQL counts it.
    func hasLength(_ text: String, _ range: ClosedRange<Int>) -> Bool {
        range.contains(text.unicodeScalars.count)
    }
}
