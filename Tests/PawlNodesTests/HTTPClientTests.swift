import Pawl
import PawlCore
import PawlTesting
import Testing

@testable import PawlNodes

/// Requests to a real server on the loopback address, which each test has to allow.
@Suite(.timeLimit(.minutes(5)))
struct HTTPClientTests {
    private let client: HTTPClient

    init() throws {
        client = HTTPClient(
            allowed: try HTTPAllowList(["127.0.0.1"]),
            longestRetryAfter: .seconds(3_600)
        )
    }

    private func send(_ config: JSON, by client: HTTPClient? = nil) async throws -> JSON {
        let reader = try NodeConfig(config, kind: "http")
        let request = try HTTPRequest(reader, body: reader["body"], idempotencyKey: "run/step/1")
        return try await (client ?? self.client).send(request).output()
    }

    /// The failure of a request, and how long the server wants to be left alone.
    private func failure(
        _ config: JSON,
        by client: HTTPClient? = nil
    ) async throws -> (message: String, isRetryable: Bool, after: Duration?) {
        do {
            let output = try await send(config, by: client)
            Issue.record("the request succeeded: \(output)")
            throw CancellationError()
        } catch HandlerError.permanent(let message) {
            return (message, false, nil)
        } catch HandlerError.retry(let delay, let message) {
            return (message, true, delay)
        } catch let failure as Failure {
            return (failure.message, failure.isRetryable, failure.retryAfter)
        }
    }

    @Test func `a request arrives as its config says, and the response is the output`() async throws
    {
        let site = try TestSite { _, _ in
            .reply(201, ["Content-Type: application/json", "X-A: 1", "X-A: 2"], #"{"id": 7}"#)
        }
        let output = try await send([
            "url": .string(site.url("/orders")), "method": "POST", "query": ["dry": true],
            "headers": ["X-Key": "k", "X-Empty": ""], "body": ["n": 1],
        ])
        #expect(output["status_code"] == 201)
        #expect(output["content_type"] == "application/json")
        #expect(output["body"] == ["id": 7])
        #expect(output["headers"]?["x-a"] == "1, 2")
        let request = try #require(site.requests.first)
        #expect(request.line == "POST /orders?dry=true HTTP/1.1")
        #expect(request.body == #"{"n":1}"#)
        #expect(request.header("content-type") == "application/json")
        #expect(request.header("idempotency-key") == "run/step/1")
        #expect(request.header("x-key") == "k")
        #expect(request.text.contains("X-Empty:\r\n"))
        #expect(request.header("expect") == nil)
    }

    @Test(arguments: ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"])
    func `every method works without a body`(method: String) async throws {
        let site = try TestSite { request, _ in
            .reply(204, request.line.hasPrefix("HEAD") ? ["X-Head: yes"] : [])
        }
        #expect(
            try await send(["url": .string(site.url()), "method": .string(method)])["body"] == nil
                as JSON
        )
        let request = try #require(site.requests.first)
        #expect(request.line.hasPrefix("\(method) / "))
        #expect(request.header("content-type") == nil)
    }

    @Test(arguments: [408, 425, 429, 500, 502, 503, 599])
    func `a status that may pass is tried again`(status: Int) async throws {
        let site = try TestSite { _, _ in .reply(status, [], "later") }
        let failure = try await failure(["url": .string(site.url("/p?key=secret"))])
        #expect(failure.isRetryable)
        #expect(failure.after == nil)
        #expect(
            failure.message
                == "GET http://127.0.0.1:\(site.port): status \(status), expected 200-299: later"
        )
    }

    @Test(arguments: [301, 304, 400, 401, 403, 404, 409, 422])
    func `any other unexpected status is for good`(status: Int) async throws {
        let site = try TestSite { _, _ in .reply(status, [], String(repeating: "no ", count: 900)) }
        let failure = try await failure(["url": .string(site.url())])
        #expect(!failure.isRetryable)
        #expect(failure.message.contains("status \(status), expected 200-299"))
        #expect(failure.message.count < 400)
    }

    @Test func `a status that is expected is an answer, whatever it is`() async throws {
        let site = try TestSite { _, number in
            .reply(number == 1 ? 404 : 302, ["Location: /elsewhere"])
        }
        let config: JSON = ["url": .string(site.url()), "expect": ["200-299", 404, 302]]
        #expect(try await send(config)["status_code"] == 404)
        #expect(try await send(config)["status_code"] == 302)
        #expect(site.requests.count == 2)
    }

    @Test(arguments: [
        ("7", Duration.seconds(7)), ("999999", .seconds(3_600)),
        ("Wed, 21 Oct 2099 07:28:00 GMT", .seconds(3_600)),
        ("Wed, 21 Oct 2015 07:28:00 GMT", nil), ("soon", nil), ("-5", nil),
    ])
    func `the server says how long to wait, within reason`(
        value: String,
        delay: Duration?
    ) async throws {
        let site = try TestSite { _, _ in .reply(503, ["Retry-After: \(value)"]) }
        let failure = try await failure(["url": .string(site.url())])
        #expect(failure.isRetryable)
        #expect(failure.after == delay)
    }

    @Test func `what a header or the url has as a secret gets into no message`() async throws {
        let site = try TestSite { request, _ in .reply(400, [], request.text) }
        let url = "http://ann:hunter22@127.0.0.1:\(site.port)/"
        let failure = try await failure([
            "url": .string(url),
            "headers": ["X-Key": "Token abcdefgh", "Cookie": "a=cookie-value"],
        ])
        #expect(site.requests.first?.header("authorization")?.hasPrefix("Basic ") == true)
        #expect(failure.message.contains("X-Key: ***"))
        for secret in ["abcdefgh", "cookie-value", "hunter22", "YW5uOmh1bnRlcjIy"] {
            #expect(!failure.message.contains(secret))
        }
    }

    @Test func `a response that is too long is not read to its end`() async throws {
        let site = try TestSite { _, _ in .flood() }
        let failure = try await failure(["url": .string(site.url()), "max_response": 100_000])
        #expect(!failure.isRetryable)
        #expect(failure.message.contains("more than 100000 bytes"))
        try await eventually("the connection is closed") { site.givenUp == 1 }
    }

    @Test func `headers without end are not read to their end`() async throws {
        let head = "HTTP/1.1 200 OK\r\n" + String(repeating: "X-A: 0123456789\r\n", count: 9_000)
        let site = try TestSite { _, _ in .raw(Array(head.utf8)) }
        let failure = try await failure(["url": .string(site.url())])
        #expect(!failure.isRetryable)
        #expect(failure.message.contains("headers of the response are too long"))
    }

    @Test func `a slow server costs the time-out and can be asked again`() async throws {
        let site = try TestSite { _, _ in .silence }
        let failure = try await failure(["url": .string(site.url()), "timeout": "200ms"])
        #expect(failure.isRetryable)
        #expect(failure.message == "GET \(site.url().dropLast()) took longer than 200ms")
        try await eventually("the connection is closed") { site.givenUp == 1 }
    }

    @Test func `nobody there, or half an answer, can be asked again`() async throws {
        let site = try TestSite { _, number in
            .raw(number == 1 ? [] : Array("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf".utf8))
        }
        let absent = try await TestSite.withDeafPort { port in
            try await failure(["url": .string("http://127.0.0.1:\(port)/")])
        }
        #expect(absent.isRetryable)
        #expect(absent.message.hasSuffix("(Connection refused)"))
        #expect(try await failure(["url": .string(site.url())]).isRetryable)
        #expect(try await failure(["url": .string(site.url())]).isRetryable)
    }

    @Test func `a cancelled request ends at once and hangs up`() async throws {
        let site = try TestSite { _, _ in .silence }
        let task = Task { try await send(["url": .string(site.url()), "timeout": "1h"]) }
        try await eventually("the request arrived") { site.requests.count == 1 }
        task.cancel()
        await #expect(throws: CancellationError.self) { try await task.value }
        try await eventually("the connection is closed") { site.givenUp == 1 }
        // One that is cancelled before it starts, too; and the client goes on.
        let early = Task {
            try await eventually("it is cancelled") { Task.isCancelled }
            return try await send(["url": .string(site.url())])
        }
        early.cancel()
        await #expect(throws: (any Error).self) { try await early.value }
    }

    @Test func `many requests go side by side`() async throws {
        let gate = TestSite.Barrier(count: 20)
        let site = try TestSite { _, _ in
            gate.arrive()
            return .reply(200, [], "ok")
        }
        try await withThrowingTaskGroup(of: JSON.self) { group in
            for _ in 0..<20 { group.addTask { try await send(["url": .string(site.url())]) } }
            for try await output in group { #expect(output["body"] == "ok") }
        }
        #expect(site.requests.count == 20)
    }
}
