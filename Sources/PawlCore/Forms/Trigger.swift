/// What a definition says about how its runs come about.
///
/// It is a declaration: it belongs to the text, and nothing is started by it alone.
public struct Trigger: Hashable, Sendable {
    /// A way in which runs come about.
    public enum Kind: Hashable, Sendable {
        /// Somebody calls from outside; `source` is who, `generic` if that is not said.
        case webhook(source: String)
        /// At times that an object describes.
        case scheduled(JSON)
        /// When something of that name happens.
        case event(String)
        /// Somebody starts them.
        case manual
        /// A way that Pawl does not know; its members other than `config` are not kept.
        case unknown(String)
    }

    /// The way.
    public let kind: Kind
    /// What the way needs to know besides; an object.
    public let config: JSON

    /// Creates a trigger.
    public init(_ kind: Kind, config: JSON = [:]) {
        self.kind = kind
        self.config = config
    }

    /// Reads a trigger; what is missing has a default, and what has the wrong type is missing.
    public init(json: JSON) {
        let type = json["type"]?.stringValue ?? ""
        let kind: Kind =
            switch type {
            case "webhook": .webhook(source: json["source_type"]?.stringValue ?? "generic")
            case "scheduled": .scheduled(json["schedule"].flatMap(Self.object) ?? [:])
            case "event": .event(json["event"]?.stringValue ?? "")
            case "manual": .manual
            default: .unknown(type)
            }
        self.init(kind, config: json["config"].flatMap(Self.object) ?? [:])
    }

    /// The trigger as a definition has it; an empty `config` is left out.
    public var json: JSON {
        var members: [String: JSON] = ["type": .string(type)]
        switch kind {
        case .webhook(let source): members["source_type"] = .string(source)
        case .scheduled(let schedule): members["schedule"] = schedule
        case .event(let name): members["event"] = .string(name)
        case .manual, .unknown: break
        }
        if config != [:] { members["config"] = config }
        return .object(members)
    }

    /// The name of the kind in definitions.
    public var type: String {
        switch kind {
        case .webhook: "webhook"
        case .scheduled: "scheduled"
        case .event: "event"
        case .manual: "manual"
        case .unknown(let type): type
        }
    }

    /// The name of the class that RoomKit's graphs have for the kind.
    public var className: String {
        switch kind {
        case .webhook: "WebhookTrigger"
        case .scheduled: "ScheduledTrigger"
        case .event: "EventTrigger"
        case .manual: "ManualTrigger"
        case .unknown: "Trigger"
        }
    }

    private static func object(_ json: JSON) -> JSON? {
        json.objectValue.map(JSON.object)
    }
}
