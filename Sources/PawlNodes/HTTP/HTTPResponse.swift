import FoundationEssentials
import PawlCore

/// A response whose status was expected.
struct HTTPResponse: Sendable {
    let status: Int
    let headers: [(name: String, value: String)]
    let body: [UInt8]

    /// The output of a step.
    ///
    /// - Throws: ``Failure`` if the body says that it is JSON and is not.
    func output() throws(Failure) -> JSON {
        var output: [String: JSON] = ["status_code": .integer(Int64(status))]
        var values: [String: String] = [:]
        for (name, value) in headers {
            values[name] = values[name].map { "\($0), \(value)" } ?? value
        }
        output["content_type"] = values["content-type"].map { .string($0) } ?? .null
        output["headers"] = .object(values.mapValues { .string($0) })
        if body.isEmpty {
            output["body"] = .null
        } else if isJSON {
            output["body"] = try parsedBody()
        } else if isText, !body.contains(0), let text = String(validating: body, as: UTF8.self) {
            output["body"] = .string(text)
        } else {
            output["body"] = .string(Data(body).base64EncodedString())
            output["base64"] = true
        }
        return .object(output)
    }

    private func parsedBody() throws(Failure) -> JSON {
        do {
            return try JSON(parsing: body)
        } catch {
            throw Failure(.execution, "the response says that it is JSON, but: \(error)")
        }
    }

    private var mediaType: String? {
        headers.last { $0.name == "content-type" }?.value
            .prefix { $0 != ";" && $0 != " " }.lowercased()
    }

    private var isJSON: Bool {
        guard let mediaType else { return false }
        return ["application/json", "text/json"].contains(mediaType)
            || mediaType.hasSuffix("+json")
    }

    private var isText: Bool {
        guard let mediaType else { return true }
        return mediaType.hasPrefix("text/") || mediaType.hasSuffix("+xml")
            || [
                "application/xml", "application/javascript", "application/yaml",
                "application/x-ndjson", "application/x-www-form-urlencoded",
            ].contains(mediaType)
    }
}

extension [UInt8] {
    /// Returns the beginning of a text on one line, for a message.
    func excerpt(without secrets: [String], limit: Int = 300) -> String {
        // Secrets go first, and from more than is shown: a cut through one would hide it.
        var text = String(decoding: prefix(64 << 10), as: UTF8.self)
        for secret in secrets { text = text.replacing(secret, with: "***") }
        let words = text.split { $0.isWhitespace || $0.unicodeScalars.contains { $0.value < 0x20 } }
        let line = words.joined(separator: " ")
        return line.count > limit ? line.prefix(limit) + "…" : line
    }
}
