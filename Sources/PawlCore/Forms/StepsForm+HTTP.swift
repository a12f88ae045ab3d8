extension StepsForm {
    /// The config of an `http` node for the params of an HTTP action.
    ///
    /// There an answer of any status is one, and up to ten redirects are followed.
    mutating func http(_ params: [String: JSON], of step: StepTree.Step) -> [String: JSON] {
        var config = params.filter { !$0.value.isNull }
        let place = "\(step.place).params"
        if let encoding = config.removeValue(forKey: "body_encoding"), encoding == "form" {
            refuse(
                "\(place).body_encoding",
                "a body is JSON or text, and not encoded as a form",
                hint: #"write it as text, with a header "Content-Type""#
            )
        }
        if config.removeValue(forKey: "tls_skip_verify") == true {
            refuse(
                "\(place).tls_skip_verify",
                "certificates are always verified",
                hint: "add the server's authority to those that the worker's system trusts"
            )
        }
        if let auth = config.removeValue(forKey: "auth") {
            if let header = Self.header(auth) {
                var headers = config["headers"]?.objectValue ?? [:]
                headers[header.name] = header.value
                config["headers"] = .object(headers)
            } else {
                refuse(
                    "\(place).auth",
                    "the type of \"auth\" is neither bearer nor api_key, or a part of it is missing",
                    hint: #"give the header "Authorization", or user and password in the url"#
                )
            }
        }
        let redirects = redirects(&config, at: place)
        if config["follow_redirects"] == nil { config["follow_redirects"] = .integer(redirects) }
        let failsOnError = config.removeValue(forKey: "fail_on_error_status") == true
        if config["expect"] == nil {
            // A redirect that is expected would not be followed.
            config["expect"] =
                switch (redirects > 0, failsOnError) {
                case (true, true): ["200-299"]
                case (true, false): ["200-299", "400-599"]
                case (false, true): ["200-399"]
                case (false, false): ["200-599"]
                }
        }
        return config
    }

    /// The redirects to follow; the node can follow twenty.
    private mutating func redirects(_ config: inout [String: JSON], at place: String) -> Int64 {
        let most = config.removeValue(forKey: "max_redirects")
        let count = most.map { $0.intValue ?? -1 } ?? 10
        if count < 0 {
            refuse(
                "\(place).max_redirects",
                "\"max_redirects\" is not a number",
                hint: "leave it out"
            )
        }
        guard let follows = config.removeValue(forKey: "follow_redirects") else {
            return Int64(min(max(count, 0), 20))
        }
        guard let follows = follows.boolValue else {
            refuse(
                "\(place).follow_redirects",
                "\"follow_redirects\" is neither true nor false",
                hint: #"say how many by "max_redirects""#
            )
            return 0
        }
        return follows ? Int64(min(max(count, 0), 20)) : 0
    }

    private static func header(_ auth: JSON) -> (name: String, value: JSON)? {
        switch auth["type"] {
        case "bearer":
            auth["token"]?.stringValue.map { ("Authorization", .string("Bearer \($0)")) }
        case "api_key":
            auth["header_name"]?.stringValue.flatMap { name in
                auth["header_value"].map { (name, $0) }
            }
        default: nil
        }
    }

    private mutating func refuse(_ place: String, _ message: String, hint: String) {
        problems.append(Problem(at: place, .malformed, message, hint: hint))
    }
}
