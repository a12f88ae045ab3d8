import FoundationEssentials

/// A value says nothing that a schedule could be read from.
package struct ScheduleError: Error, Hashable, CustomStringConvertible {
    /// What is wrong, and with which member.
    package let description: String
}

extension Schedule {
    /// Reads a schedule from an object whose members are named like the columns of `pawl.schedule`.
    ///
    /// Durations are texts such as `90s`, instants such as `2026-01-31T09:00:00Z`.
    package init(json: JSON) throws(ScheduleError) {
        guard let members = json.objectValue else {
            throw ScheduleError(description: "it is no object")
        }
        var reader = MemberReader(members: members)
        self.init(
            try reader.text("name") ?? "",
            workflow: try reader.text("workflow") ?? "",
            spec: try reader.text("spec") ?? "",
            zone: try reader.text("zone") ?? "UTC",
            input: reader.take("input") ?? [:]
        )
        for (member, value) in [("name", name), ("workflow", workflow), ("spec", spec)]
        where value.isEmpty {
            throw ScheduleError(description: "\"\(member)\" is missing")
        }
        missingTime = try reader.choice("missing_time") ?? .after
        repeatedTime = try reader.choice("repeated_time") ?? .first
        onlyDays = try reader.texts("only_days")
        exceptDays = try reader.texts("except_days")
        starts = try reader.instant("starts_at")
        ends = try reader.instant("ends_at")
        let limit = try reader.number("missed_limit") ?? 100
        switch try reader.text("missed") ?? "latest" {
        case "skip": missed = .skip
        case "latest": missed = .latest
        case "all": missed = .all(limit)
        default: throw ScheduleError(description: "\"missed\" is skip, latest or all")
        }
        startDeadline = try reader.duration("start_deadline")
        overlap = try reader.choice("overlap") ?? .allow
        jitter = try reader.duration("jitter") ?? .zero
        maximumFires = try reader.number("max_fires")
        queue = try reader.text("queue")
        priority = try reader.number("priority")
        tenant = try reader.text("tenant") ?? "default"
        timeout = try reader.duration("timeout")
        note = try reader.text("note")
        if let unknown = reader.members.keys.min() {
            throw ScheduleError(description: "there is no member \"\(unknown)\"")
        }
    }
}

/// Takes the members of an object, one after the other; what is left nobody knows.
private struct MemberReader {
    var members: [String: JSON]

    /// A member that is `null` is not there.
    mutating func take(_ name: String) -> JSON? {
        members.removeValue(forKey: name).flatMap { $0.isNull ? nil : $0 }
    }

    mutating func text(_ name: String) throws(ScheduleError) -> String? {
        guard let value = take(name) else { return nil }
        guard let text = value.stringValue else {
            throw ScheduleError(description: "\"\(name)\" is no text")
        }
        return text
    }

    mutating func texts(_ name: String) throws(ScheduleError) -> [String] {
        guard let value = take(name) else { return [] }
        let texts = value.arrayValue?.compactMap(\.stringValue)
        guard let texts, texts.count == value.arrayValue?.count else {
            throw ScheduleError(description: "\"\(name)\" is no list of texts")
        }
        return texts
    }

    mutating func number(_ name: String) throws(ScheduleError) -> Int? {
        guard let value = take(name) else { return nil }
        guard let number = value.intValue else {
            throw ScheduleError(description: "\"\(name)\" is no whole number")
        }
        return number
    }

    mutating func choice<Choice: RawRepresentable & CaseIterable>(
        _ name: String
    ) throws(ScheduleError) -> Choice? where Choice.RawValue == String {
        guard let text = try text(name) else { return nil }
        guard let choice = Choice(rawValue: text) else {
            let all = Choice.allCases.map(\.rawValue).joined(separator: ", ")
            throw ScheduleError(description: "\"\(name)\" is one of \(all)")
        }
        return choice
    }

    mutating func duration(_ name: String) throws(ScheduleError) -> Duration? {
        guard let text = try text(name) else { return nil }
        do {
            return try Duration(text: text)
        } catch {
            throw ScheduleError(description: "\"\(name)\" is no duration: \(error)")
        }
    }

    mutating func instant(_ name: String) throws(ScheduleError) -> Date? {
        guard let text = try text(name) else { return nil }
        guard let moment = Moment(text: text) else {
            throw ScheduleError(
                description: "\"\(name)\" is no instant; write 2026-01-31T09:00:00Z"
            )
        }
        return Date(timeIntervalSince1970: Double(moment.microseconds) / 1_000_000)
    }
}
