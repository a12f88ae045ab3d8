// Reads the nodes of a definition.
extension DefinitionReader {
    mutating func node(_ json: JSON, at place: String) -> Node {
        let id = id(of: json, at: place)
        guard json.objectValue != nil else { return Node(id, .handler("")) }
        let type = typeName(of: json, id, at: place)
        var config = given(json["config"]) ?? [:]
        if config.objectValue == nil {
            report("\(place).config", "\"config\" is not an object")
            config = [:]
        }
        let kind = kind(of: type, config, at: place)
        if let form = ConfigForm.of(type, config) {
            problems += form.problems(in: config, at: "\(place).config")
        }
        let parent = text(json["parent"], at: "\(place).parent", "the id of a node")
        let isPlaced = parent != nil || given(json["parent"]) == nil
        if !isPlaced {
            unread.unplaced.insert(id)
            unread.hasLostWays = true
        }
        let dependencies = dependencies(json["depends_on"], at: "\(place).depends_on")
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
            dependencies: isPlaced ? dependencies : [],
            breaker: breaker(json["breaker"], at: "\(place).breaker"),
            rule: rule(
                kind,
                config,
                limit: timeout.map { .fixed($0, text: $0.text) },
                at: "\(place).config"
            )
        )
    }

    /// The id of a node: one that cannot be used, or a stand-in, rather than none.
    private mutating func id(of json: JSON, at place: String) -> String {
        let id = json["id"]?.stringValue ?? ""
        guard hasLength(id, 1...100), !id.contains("."), !id.hasPrefix("@") else {
            report(
                "\(place).id",
                "a node has no usable id",
                hint: "use 1 to 100 characters without \".\" and without a leading \"@\""
            )
            guard id.isEmpty else { return id }
            unread.nameless += 1
            let stand = Unread.id(at: place)
            if json.objectValue == nil { unread.untyped.insert(stand) }
            return stand
        }
        return id
    }

    /// The type of a node; empty if it has none.
    private mutating func typeName(of json: JSON, _ id: String, at place: String) -> String {
        guard let type = json["type"]?.stringValue, hasLength(type, 1...100),
            !type.hasPrefix("@")
        else {
            report(
                "\(place).type",
                "node \"\(json["id"]?.stringValue ?? "")\" has no usable type",
                hint: "start, end, log, parallel, human, …, or the name of a handler"
            )
            unread.untyped.insert(id)
            return ""
        }
        return type
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
        let before = problems.count
        defer { if problems.count > before { unread.hasLostWays = true } }
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

    private mutating func breaker(_ json: JSON?, at place: String) -> Node.Breaker? {
        guard let json = given(json) else { return nil }
        guard json.objectValue != nil else {
            report(place, "a breaker is an object", hint: #"write {"name": "bank"}"#)
            return nil
        }
        guard let name = json["name"]?.stringValue, hasLength(name, 1...200) else {
            report(
                "\(place).name",
                "a breaker is named by 1 to 200 characters",
                hint: #"add "name": "bank": breakers of the same name are one"#
            )
            return nil
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
