import Pawl
import PawlCore

/// Nodes of type `http`: a request, and its response as the output.
struct HTTPNode: Sendable {
    static let kind = "http"

    let client: HTTPClient

    var handler: Handler {
        Handler(Self.kind) { (_: AnyInput, context) in
            let config = try NodeConfig(of: context, kind: Self.kind)
            try config.allowOnly(HTTPRequest.names.union(["body"]))
            let request = try HTTPRequest(
                config,
                body: config["body"],
                idempotencyKey: context.idempotencyKey
            )
            return try await client.send(request).output()
        }
    }
}

/// The input of a run, which these nodes do not read.
struct AnyInput: Decodable, Sendable {
    init(from decoder: any Decoder) {}
}
