import FoundationEssentials
import Pawl
import PawlCore

/// The channel `webhook`: a request to a URL, under the same guard as nodes of type `http`.
struct WebhookChannel: NotificationChannel {
    let name = "webhook"
    let client: HTTPClient

    /// Answers are not read; of one that refuses, the beginning is told.
    private static let keptOfAnswer = 4_096

    func deliver(_ config: JSON, in context: StepContext) async throws {
        let config = try NodeConfig(config, kind: "notification")
        let run: JSON = [
            "run": .string(context.runID.uuidString.lowercased()),
            "workflow": .string(context.workflow),
            "step": .string("\(context.step)"),
        ]
        let request = try Self.request(config, run: run, idempotencyKey: context.idempotencyKey)
        _ = try await client.send(request)
    }

    /// The request that a config asks for; without a payload it tells which step of which run.
    static func request(
        _ config: NodeConfig,
        run: JSON,
        idempotencyKey: String
    ) throws(Failure) -> HTTPRequest {
        let names = HTTPRequest.names.subtracting(["max_response"])
        try config.allowOnly(names.union(["channel", "payload", "template"]))
        guard config["payload"] == nil || config["template"] == nil else {
            throw config.fault("template", "and \"payload\" are both there; one is enough")
        }
        // {"text": …} is what chat services read.
        let template = config["template"].map { $0.stringValue == nil ? $0 : ["text": $0] }
        var request = try HTTPRequest(
            config,
            method: "POST",
            body: config["payload"] ?? template ?? run,
            idempotencyKey: idempotencyKey
        )
        request.bodyUse = .beginning(limit: keptOfAnswer)
        return request
    }
}
