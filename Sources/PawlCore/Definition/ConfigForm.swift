/// What the config of a type of node may have.
///
/// What the planner reads by itself has no shape here: who reads it tells what is wrong with it.
struct ConfigForm {
    /// What a member has to be, unless it is a template.
    enum Shape {
        case any
        case text
        case texts(atLeast: Int)
        case object
        /// An object of texts, numbers and truth values.
        case scalars
        case duration
        case number(ClosedRange<Int>)
        /// A number, or a list of them; of statuses also texts such as `200-299`.
        case numbers(ClosedRange<Int>, orTexts: Bool)
        case choice([String])
    }

    let members: [String: Shape]
    /// Without one of these the step cannot succeed.
    var required: [String] = []

    /// The form of a config; `nil` if anything may be in it.
    ///
    /// A program may have a handler of its own for `http`, `command` and `notification`; their forms
    /// are what the documentation says.
    static func of(_ type: String, _ config: JSON) -> ConfigForm? {
        switch type {
        case "function": return function(config["action"]?.stringValue)
        case "notification": return notification(config["channel"]?.stringValue)
        default: return forms[type]
        }
    }

    private static let question: [String: Shape] = [
        "prompt": .text, "message": .text, "options": .any, "actions": .any,
        "data_inject": .object, "timeout": .any, "fallback": .any,
    ]

    private static let forms: [String: ConfigForm] = [
        "end": ConfigForm(members: ["output": .any]),
        "log": ConfigForm(members: ["message": .text, "paths": .texts(atLeast: 0)]),
        "condition": ConfigForm(members: ["condition": .any]),
        "switch": ConfigForm(members: ["path": .text]),
        "parallel": ConfigForm(members: ["join": .any, "on_failure": .any, "limit": .any]),
        "sequence": ConfigForm(members: [:]),
        "dag": ConfigForm(members: [:]),
        "loop": ConfigForm(members: [
            "mode": .any, "over": .any, "condition": .any, "max_iter": .any, "concurrency": .any,
            "on_failure": .any, "collect": .any,
        ]),
        "branch": ConfigForm(members: ["value": .any, "branches": .any, "default": .any]),
        "wait": ConfigForm(members: [
            "duration": .any, "until": .text, "signal": .any, "filter": .any, "timeout": .any,
            "fallback": .any,
        ]),
        "human": ConfigForm(members: question.merging(["assignee": .text]) { $1 }),
        "reasoning": ConfigForm(
            members: question.merging(["prompt_context": .text, "target_agent": .text]) { $1 }
        ),
        "workflow": ConfigForm(members: [
            "workflow": .any, "input": .any, "wait": .any, "key": .text,
        ]),
        "http": ConfigForm(
            members: request.merging([
                "body": .any, "max_response": .number(1...largestOutput),
            ]) { $1 },
            required: ["url"]
        ),
        "command": ConfigForm(
            members: [
                "argv": .texts(atLeast: 1), "cwd": .text, "env": .scalars, "stdin": .any,
                "timeout": .duration, "max_output": .number(1...largestOutput),
                "expect_exit": .numbers(0...255, orTexts: false),
                "parse": .choice(["text", "json", "lines"]),
            ],
            required: ["argv"]
        ),
    ]

    /// The most bytes of a step's output.
    private static let largestOutput = 1 << 20

    private static let request: [String: Shape] = [
        "url": .text, "method": .text, "headers": .scalars, "query": .scalars,
        "timeout": .duration, "expect": .numbers(100...599, orTexts: true),
        "follow_redirects": .number(0...20),
    ]

    private static func function(_ action: String?) -> ConfigForm? {
        switch action {
        case "set_context": ConfigForm(members: ["action": .text, "values": .object])
        case "json_transform": ConfigForm(members: ["action": .text, "template": .any])
        case "delay": ConfigForm(members: ["action": .text, "duration": .any])
        case nil: ConfigForm(members: ["action": .text], required: ["action"])
        default: nil
        }
    }

    /// A channel that is not Pawl's own knows what its messages have.
    private static func notification(_ channel: String?) -> ConfigForm? {
        switch channel {
        case "log":
            ConfigForm(members: [
                "channel": .text, "message": .text, "template": .text, "level": .text,
            ])
        case "webhook":
            ConfigForm(
                members: request.merging([
                    "channel": .text, "payload": .any, "template": .any,
                ]) { $1 },
                required: ["url"]
            )
        case nil: ConfigForm(members: ["channel": .text], required: ["channel"])
        default: nil
        }
    }
}

extension ConfigForm {
    /// What is wrong with a config at a place.
    func problems(in config: JSON, at place: String) -> [Problem] {
        var problems = required.filter { config[$0]?.isNull ?? true }.map { name in
            Problem(
                at: "\(place).\(name)",
                .malformed,
                "there is no \"\(name)\", without which the step cannot succeed",
                hint: "add \"\(name)\""
            )
        }
        for (name, value) in (config.objectValue ?? [:]).sorted(by: { $0.key < $1.key }) {
            guard let shape = members[name], let fault = shape.fault(of: value) else { continue }
            problems.append(
                Problem(
                    at: "\(place).\(name)\(fault.place)",
                    .malformed,
                    "\(fault.value.excerpt) is not \(fault.wanted)",
                    hint: fault.hint
                )
            )
        }
        return problems
    }
}

extension ConfigForm.Shape {
    /// What does not fit, where in the value, and what it should be.
    struct Fault {
        let value: JSON
        let wanted: String
        var place = ""
        var hint: String?
    }

    /// Why a value does not fit, if it does not; what a template gives is not known.
    func fault(of value: JSON) -> Fault? {
        if value.isNull || value.stringValue?.contains("{{") ?? false { return nil }
        switch self {
        case .any: return nil
        case .text: return value.stringValue == nil ? Fault(value: value, wanted: "a text") : nil
        case .texts(let least):
            guard let elements = value.arrayValue, elements.count >= least else {
                return Fault(
                    value: value,
                    wanted: least > 0 ? "a list of at least one text" : "a list of texts",
                    hint: #"write [ "…" ]"#
                )
            }
            let odd = elements.firstIndex { $0.stringValue == nil }
            return odd.map { Fault(value: elements[$0], wanted: "a text", place: "[\($0)]") }
        case .object:
            return value.objectValue == nil ? Fault(value: value, wanted: "an object") : nil
        case .scalars: return Self.faultOfScalars(value)
        case .duration: return Self.faultOfDuration(value)
        case .number(let range):
            return value.intValue.map(range.contains) ?? false
                ? nil : Fault(value: value, wanted: Self.words(range))
        case .numbers(let range, let texts):
            let elements = value.arrayValue ?? [value]
            let fits = elements.allSatisfy { element in
                element.intValue.map(range.contains) ?? (texts && element.stringValue != nil)
                    || element.stringValue?.contains("{{") ?? false
            }
            return fits && !elements.isEmpty
                ? nil : Fault(value: value, wanted: "\(Self.words(range)), or a list of those")
        case .choice(let names):
            return value.stringValue.map(names.contains) ?? false
                ? nil : Fault(value: value, wanted: "one of \(names.joined(separator: ", "))")
        }
    }

    private static func words(_ range: ClosedRange<Int>) -> String {
        "a number from \(range.lowerBound) to \(range.upperBound)"
    }

    private static func faultOfScalars(_ value: JSON) -> Fault? {
        guard let members = value.objectValue else {
            return Fault(value: value, wanted: "an object")
        }
        for (name, member) in members.sorted(by: { $0.key < $1.key }) {
            switch member {
            case .array, .object:
                return Fault(
                    value: member,
                    wanted: "a text, a number or a truth value",
                    place: ".\(name)"
                )
            default: continue
            }
        }
        return nil
    }

    private static func faultOfDuration(_ value: JSON) -> Fault? {
        let hint = #"for example "30s""#
        guard let text = value.stringValue else {
            return Fault(value: value, wanted: "a duration", hint: hint)
        }
        do {
            if try Duration(text: text) > .zero { return nil }
            return Fault(value: value, wanted: "longer than nothing", hint: hint)
        } catch {
            return Fault(value: value, wanted: "a duration: \(error.message)", hint: error.hint)
        }
    }
}
