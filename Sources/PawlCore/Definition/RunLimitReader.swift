// Reads how many runs there may be, and how fast they may begin.
extension DefinitionReader {
    mutating func runLimits(_ json: JSON?) -> RunLimits {
        guard let json = given(json) else { return RunLimits() }
        guard json.objectValue != nil else {
            report("limits", "\"limits\" is not an object")
            return RunLimits()
        }
        return RunLimits(
            concurrency: concurrency(json["concurrency"]),
            rate: rate(json["rate"]),
            shared: shared(json["shared"]),
            weight: weight(json["weight"])
        )
    }

    private mutating func concurrency(_ json: JSON?) -> RunLimits.Concurrency? {
        guard let json = given(json) else { return nil }
        let place = "limits.concurrency"
        guard json.objectValue != nil else {
            return number(json, at: place, in: 0...1_000_000).map { .init($0) }
        }
        let limit = number(json["limit"], at: "\(place).limit", in: 0...1_000_000)
        let total = number(json["total"], at: "\(place).total", in: 0...1_000_000)
        let key = key(json["key"], at: "\(place).key")
        if given(json["limit"]) == nil, given(json["total"]) == nil {
            report(
                place,
                "there is no number of runs",
                hint: #"write {"limit": 1, "key": "input.customer"}, or {"total": 20}"#
            )
        }
        return RunLimits.Concurrency(limit, of: key, total: total)
    }

    private mutating func rate(_ json: JSON?) -> RunLimits.Rate? {
        guard let json = given(json) else { return nil }
        let place = "limits.rate"
        let example = #"write {"limit": 100, "per": "1m"}"#
        guard json.objectValue != nil, let limit = given(json["limit"]), given(json["per"]) != nil
        else {
            report(place, "a rate has a \"limit\" and a \"per\"", hint: example)
            return nil
        }
        let key = key(json["key"], at: "\(place).key")
        guard let number = limit.doubleValue, (0...1e30).contains(number) else {
            report("\(place).limit", "\(limit.excerpt) is not a number from 0", hint: example)
            return nil
        }
        guard let period = duration(json["per"], at: "\(place).per") else { return nil }
        guard (Duration.milliseconds(100)...(.seconds(366 * 86_400))).contains(period) else {
            report("\(place).per", "a rate is per 100ms to 366d", hint: example)
            return nil
        }
        return RunLimits.Rate(number, per: period, of: key)
    }

    private mutating func shared(_ json: JSON?) -> [RunLimits.Shared] {
        guard let json = given(json) else { return [] }
        guard let members = json.arrayValue else {
            report("limits.shared", "\"shared\" is not a list", hint: #"write ["smtp"]"#)
            return []
        }
        return members.enumerated().compactMap { index, member in
            let place = "limits.shared[\(index)]"
            let key = member.objectValue == nil ? nil : key(member["key"], at: "\(place).key")
            let name = member.stringValue ?? member["name"]?.stringValue
            guard let name, hasLength(name, 1...200) else {
                report(place, "a limit is named by 1 to 200 characters", hint: #"write ["smtp"]"#)
                return nil
            }
            return RunLimits.Shared(name, of: key)
        }
    }

    private mutating func weight(_ json: JSON?) -> RunLimits.Weight? {
        guard let json = given(json) else { return nil }
        if let number = json.doubleValue, (0...1e30).contains(number) { return .number(number) }
        if json.stringValue != nil { return key(json, at: "limits.weight").map { .path($0) } }
        report(
            "limits.weight",
            "\(json.excerpt) is no weight",
            hint: #"give a number from 0, or where it is in the input: "input.tokens""#
        )
        return nil
    }

    private mutating func key(_ json: JSON?, at place: String) -> String? {
        guard let json = given(json) else { return nil }
        guard let path = json.stringValue, !RunLimits.members(path).isEmpty else {
            report(
                place,
                "\(json.excerpt) is not a path into the input",
                hint: #"write "input.customer""#
            )
            return nil
        }
        return path
    }
}
