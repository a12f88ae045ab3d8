import Pawl
import PawlCore

/// Nodes of type `notification`: one message through one channel.
struct NotificationNode: Sendable {
    static let kind = "notification"

    private let channels: [String: any NotificationChannel]

    init(_ channels: [any NotificationChannel]) {
        self.channels = Dictionary(
            channels.map { ($0.name, $0) },
            uniquingKeysWith: { _, later in later }
        )
    }

    var handler: Handler {
        Handler(Self.kind) { (_: AnyInput, context) -> JSON in
            let config = try context.config(as: JSON.self)
            let name = try NodeConfig(config, kind: Self.kind).requiredString("channel")
            guard let channel = channels[name] else {
                throw HandlerError.permanent(
                    "there is no channel \"\(name)\"; "
                        + "there is \(channels.keys.sorted().joined(separator: ", "))"
                )
            }
            try await channel.deliver(config, in: context)
            return ["channel": .string(name), "delivered": true]
        }
    }
}
