// Reads the nodes of a definition.
extension DefinitionReader {
    mutating func node(_ json: JSON, at place: String) -> Node? {
        guard let id = json["id"]?.stringValue, hasLength(id, 1...100), !id.contains("."),
            !id.hasPrefix("@")
        else {
            report(
                "\(place).id",
                "a node has no usable id",
                hint: "use 1 to 100 characters without \".\" and without a leading \"@\""
            )
            return nil
        }
        guard let type = json["type"]?.stringValue, hasLength(type, 1...100),
            !type.hasPrefix("@")
        else {
            report(
                "\(place).type",
                "node \"\(id)\" has no usable type",
                hint: "start, end, log, parallel, human, …, or the name of a handler"
            )
            return nil
        }
        var config = given(json["config"]) ?? [:]
        if config.objectValue == nil {
            report("\(place).config", "\"config\" is not an object")
            config = [:]
        }
        let kind = kind(of: type, config, at: place)
        let parent = text(json["parent"], at: "\(place).parent", "the id of a node")
        let retry = retry(json["retry"], at: "\(place).retry")
        let timeout = duration(json["timeout"], at: "\(place).timeout")
        return Node(
            id,
            kind,
            type: type,
            config: config,
            parent: parent,
            retry: retry,
            timeout: timeout,
            guardCondition: given(json["when"]).flatMap {
                Condition(json: $0, at: "\(place).when", problems: &problems)
            },
            onError: onError(json["on_error"], at: "\(place).on_error"),
            dependencies: dependencies(json["depends_on"], at: "\(place).depends_on"),
            breaker: breaker(json["breaker"], of: type, at: "\(place).breaker"),
            rule: rule(
                kind,
                config,
                limit: timeout.map { .fixed($0, text: $0.text) },
                at: "\(place).config"
            )
        )
    }

    /// The kind of a type; a function of one's own is a handler's work.
    private mutating func kind(of type: String, _ config: JSON, at place: String) -> Node.Kind {
        let kind = Node.Kind(rawValue: type)
        guard kind == .function, config["action"]?.stringValue == "custom" else { return kind }
        guard let name = config["function"]?.stringValue, hasLength(name, 1...90) else {
            report(
                "\(place).config.function",
                "a custom function is named by 1 to 90 characters",
                hint: #"add "function": "name""#
            )
            return kind
        }
        return .handler(Node.functionPrefix + name)
    }

    private mutating func onError(_ json: JSON?, at place: String) -> Node.OnError {
        guard let json = given(json) else { return .fail }
        let strategy = json.stringValue ?? json["strategy"]?.stringValue ?? ""
        switch strategy {
        case "fail", "retry": return .fail
        case "ignore": return .ignore
        case "fallback", "compensate":
            guard let node = json["node"]?.stringValue else {
                report(
                    "\(place).node",
                    "\"\(strategy)\" names no node",
                    hint: #"write {"strategy": "\#(strategy)", "node": "id"}"#
                )
                return .fail
            }
            return strategy == "fallback" ? .fallback(node) : .compensate(node)
        default:
            report(
                place,
                "unknown strategy \"\(strategy)\"",
                hint: "use fail, ignore, retry, fallback or compensate"
            )
            return .fail
        }
    }

    private mutating func dependencies(_ json: JSON?, at place: String) -> [String] {
        guard let json = given(json) else { return [] }
        guard let ids = json.arrayValue?.compactMap(\.stringValue),
            ids.count == json.arrayValue?.count
        else {
            report(place, "\"depends_on\" is not a list of ids")
            return []
        }
        return ids
    }

    private mutating func breaker(
        _ json: JSON?,
        of type: String,
        at place: String
    ) -> Node.Breaker? {
        guard let json = given(json) else { return nil }
        let name = text(json["name"], at: "\(place).name", "a name") ?? type
        if !hasLength(name, 1...200) {
            report("\(place).name", "a breaker is named by 1 to 200 characters")
        }
        return Node.Breaker(
            name: name,
            failures: number(json["failures"], at: "\(place).failures", in: 1...1_000) ?? 5,
            cooldown: duration(json["cooldown"], at: "\(place).cooldown") ?? .seconds(30)
        )
    }
}

extension Node {
    /// What the kind of a custom function begins with.
    package static let functionPrefix = "function:"
}
