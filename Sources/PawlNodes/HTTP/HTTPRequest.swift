import FoundationEssentials
import PawlCore

/// A request, as the config of a node asks for it.
struct HTTPRequest: Sendable {
    /// What becomes of the body of the response.
    enum BodyUse: Hashable, Sendable {
        /// It is given back; one that is larger is refused.
        case whole(limit: Int)
        /// Its beginning is kept for messages.
        case beginning(limit: Int)

        var limit: Int {
            switch self {
            case .whole(let limit), .beginning(let limit): limit
            }
        }
    }

    var method: String
    var address: WebAddress
    var headers: [(name: String, value: String)]
    var body: [UInt8]?
    var timeout = Duration.seconds(30)
    var expected: [ClosedRange<Int>] = [200...299]
    var bodyUse = BodyUse.whole(limit: Self.largestBody)
    var redirects = 5

    /// As much as the output of a step may have.
    static let largestBody = 1 << 20

    /// The members that ``init(_:body:idempotencyKey:)`` reads, and `body`.
    static let names: Set<String> = [
        "method", "url", "headers", "query", "timeout", "expect", "max_response",
        "follow_redirects",
    ]

    /// Reads a request from a config; `body` is sent as it is if it is a text, else as JSON.
    init(
        _ config: NodeConfig,
        method defaultMethod: String = "GET",
        body content: JSON?,
        idempotencyKey: String
    ) throws(Failure) {
        method = try config.string("method")?.uppercased() ?? defaultMethod
        guard (1...20).contains(method.utf8.count), method.utf8.allSatisfy(\.isLetter),
            method != "CONNECT", method != "TRACE"
        else { throw config.fault("method", "is none of GET, POST, PUT, PATCH, DELETE, HEAD …") }
        address = try WebAddress(
            config.requiredString("url"),
            query: config.texts("query")
        )
        headers = try Self.headers(config)
        switch content {
        case nil, .null: body = nil
        case .string(let text):
            body = Array(text.utf8)
            addHeader("Content-Type", "text/plain; charset=utf-8")
        case let value?:
            body = value.serialized()
            addHeader("Content-Type", "application/json")
        }
        addHeader("Idempotency-Key", idempotencyKey)
        if let timeout = try config.duration("timeout") { self.timeout = timeout }
        if let expected = try Self.statuses(config) { self.expected = expected }
        if let limit = try config.integer("max_response", 1...Self.largestBody) {
            bodyUse = .whole(limit: limit)
        }
        if let redirects = try config.integer("follow_redirects", 0...20) {
            self.redirects = redirects
        }
    }

    func expects(_ status: Int) -> Bool { expected.contains { $0.contains(status) } }

    func header(_ name: String) -> String? {
        headers.first { $0.name.lowercased() == name.lowercased() }?.value
    }

    /// Adds a header that the config does not give.
    private mutating func addHeader(_ name: String, _ value: String) {
        if header(name) == nil { headers.append((name, value)) }
    }

    /// What messages call the request.
    var title: String { "\(method) \(address.origin)" }

    /// Texts that get into no message, even if the server sends them back.
    var secrets: [String] {
        let values = headers.filter { !Self.plain.contains($0.name.lowercased()) }.map(\.value)
        let words = values.flatMap { $0.split(separator: " ").map(String.init) }
        // Shorter ones are words like "1" or "yes", which would blacken the message.
        var secrets = (values + words).filter { $0.utf8.count >= 6 }
        let (user, password) = (address.user ?? "", address.password ?? "")
        if !user.isEmpty || !password.isEmpty {
            secrets += [user, password, Data("\(user):\(password)".utf8).base64EncodedString()]
        }
        return secrets.filter { !$0.isEmpty }.sorted { $0.utf8.count > $1.utf8.count }
    }

    /// Headers that say nothing about who sends them, and go along to another host.
    static let plain: Set<String> = [
        "accept", "accept-language", "content-type", "idempotency-key", "user-agent",
    ]

    /// What the connection needs is its own business; a second opinion splits requests.
    private static let reserved: Set<String> = [
        "connection", "content-length", "expect", "keep-alive", "proxy-authorization",
        "proxy-connection", "te", "trailer", "transfer-encoding", "upgrade",
    ]

    private static func headers(
        _ config: NodeConfig
    ) throws(Failure) -> [(name: String, value: String)] {
        let headers = try config.texts("headers")
        for (name, value) in headers {
            guard !name.isEmpty, name.utf8.allSatisfy(\.isTokenCharacter) else {
                throw config.fault("headers", "has a name that is no name of a header")
            }
            guard !reserved.contains(name.lowercased()) else {
                throw config.fault("headers.\(name)", "is refused: the connection sets it")
            }
            guard value.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7f || $0 == 0x09 }) else {
                throw config.fault("headers.\(name)", "has a character that no header may have")
            }
        }
        guard Set(headers.map { $0.name.lowercased() }).count == headers.count else {
            throw config.fault("headers", "has a name twice")
        }
        return headers
    }

    /// Reads `expect`: a status, a range as in `"200-299"`, or a list of both.
    private static func statuses(_ config: NodeConfig) throws(Failure) -> [ClosedRange<Int>]? {
        guard let value = config["expect"] else { return nil }
        let ranges = (value.arrayValue ?? [value]).map { element -> ClosedRange<Int>? in
            let bounds: [Int?] =
                element.intValue.map { [$0] }
                ?? element.stringValue?.split(separator: "-", omittingEmptySubsequences: false)
                .map { Int($0) } ?? []
            guard let low = bounds.first ?? nil, let high = bounds.last ?? nil, bounds.count <= 2,
                100 <= low, low <= high, high <= 599
            else { return nil }
            return low...high
        }
        guard !ranges.isEmpty, !ranges.contains(nil) else {
            throw config.fault("expect", "has to be a list of statuses such as 204 or \"200-299\"")
        }
        return ranges.compactMap(\.self)
    }
}

extension UInt8 {
    fileprivate var isLetter: Bool {
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(self | 0x20)
    }

    /// RFC 9110, section 5.6.2.
    fileprivate var isTokenCharacter: Bool {
        isLetter || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(self)
            || "!#$%&'*+-.^_`|~".utf8.contains(self)
    }
}
