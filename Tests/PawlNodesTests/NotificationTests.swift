import Logging
import Pawl
import PawlCore
import Testing

@testable import PawlNodes

/// Configs of `notification` nodes: what they become, and what is refused.
struct NotificationTests {
    private let run: JSON = ["run": "r", "workflow": "w", "step": "s"]

    private func request(_ config: String) throws -> HTTPRequest {
        try WebhookChannel.request(
            NodeConfig(JSON(parsing: config.utf8), kind: "notification"),
            run: run,
            idempotencyKey: "run/step/1"
        )
    }

    @Test(arguments: [
        (#""template": "hello""#, #"{"text":"hello"}"#),
        (#""template": {"a": 1}"#, #"{"a":1}"#),
        (#""payload": {"b": [2]}"#, #"{"b":[2]}"#),
        (#""payload": "as it is""#, "as it is"),
        (#""method": "PUT""#, #"{"run":"r","step":"s","workflow":"w"}"#),
    ])
    func `a webhook posts what the config says, or which step it is`(
        config: String,
        body: String
    ) throws {
        let request = try request(#"{"channel": "webhook", "url": "http://h/", \#(config)}"#)
        #expect(request.method == (config.contains("PUT") ? "PUT" : "POST"))
        #expect(request.body.map { String(decoding: $0, as: UTF8.self) } == body)
        #expect(request.header("Idempotency-Key") == "run/step/1")
        #expect(request.bodyUse == .beginning(limit: 4_096))
    }

    @Test(arguments: [
        (#"{"channel": "webhook"}"#, #""url""#),
        (#"{"channel": "webhook", "url": "http://h/", "payload": 1, "template": 2}"#, "both"),
        (#"{"channel": "webhook", "url": "http://h/", "message": "m"}"#, #"no config "message""#),
    ])
    func `a webhook that makes no sense is refused`(config: String, message: String) throws {
        let failure = try #require(throws: Failure.self) { try request(config) }
        #expect(failure.message.contains(message))
        #expect(!failure.isRetryable)
    }

    @Test(arguments: [
        (#"{"message": "m"}"#, "m", Logger.Level.notice),
        (#"{"template": "t", "level": "error"}"#, "t", .error),
    ])
    func `a log line has its level`(config: String, message: String, level: Logger.Level) throws {
        let line = try LogChannel.line(JSON(parsing: config.utf8))
        #expect(line.message == message)
        #expect(line.level == level)
    }

    @Test(arguments: [
        (#"{}"#, #""message""#), (#"{"message": "m", "level": "loud"}"#, "trace, debug, info"),
        (#"{"message": "m", "to": "x"}"#, #"no config "to""#),
    ])
    func `a log line that makes no sense is refused`(config: String, message: String) throws {
        let failure = try #require(throws: Failure.self) {
            try LogChannel.line(JSON(parsing: config.utf8))
        }
        #expect(failure.message.contains(message))
    }
}
