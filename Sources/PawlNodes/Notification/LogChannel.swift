import Logging
import Pawl
import PawlCore

/// The channel `log`: a line in the worker's log.
struct LogChannel: NotificationChannel {
    let name = "log"

    func deliver(_ config: JSON, in context: StepContext) async throws {
        let (message, level) = try Self.line(config)
        context.logger.log(level: level, "\(message)", metadata: ["event": "notification"])
    }

    /// What is logged, and how loud.
    static func line(_ config: JSON) throws(Failure) -> (message: String, level: Logger.Level) {
        let config = try NodeConfig(config, kind: "notification")
        try config.allowOnly(["channel", "message", "template", "level"])
        let message = try config.requiredString(config["template"] == nil ? "message" : "template")
        guard let level = Logger.Level(rawValue: try config.string("level") ?? "notice") else {
            throw config.fault(
                "level",
                "is none of \(Logger.Level.allCases.map(\.rawValue).joined(separator: ", "))"
            )
        }
        return (message, level)
    }
}
