import Glibc
import Pawl
import PawlCore
import Testing

@testable import PawlNodes

/// The guard against requests into one's own network, on real connections; and redirects.
@Suite(.timeLimit(.minutes(5)))
struct HTTPGuardTests {
    private func send(_ config: JSON, allowing entries: [String]) async throws -> JSON {
        let client = HTTPClient(
            allowed: try HTTPAllowList(entries),
            longestRetryAfter: .seconds(3_600)
        )
        let reader = try NodeConfig(config, kind: "http")
        let request = try HTTPRequest(reader, body: reader["body"], idempotencyKey: "run/step/1")
        return try await client.send(request).output()
    }

    private func refusal(_ config: JSON, allowing entries: [String] = []) async throws -> String {
        let error = try await #require(throws: HandlerError.self) {
            try await send(config, allowing: entries)
        }
        guard case .permanent(let message) = error else {
            Issue.record("\(error) can be tried again")
            return ""
        }
        return message
    }

    @Test(arguments: ["127.0.0.1", "127.1", "2130706433", "0x7f000001", "localhost", "0"])
    func `nothing is sent to this machine unless it is allowed`(host: String) async throws {
        let site = try TestSite { _, _ in .reply(200) }
        let message = try await refusal(["url": .string("http://\(host):\(site.port)/")])
        #expect(message.contains("addresses are refused"))
        #expect(message.contains("PAWL_HTTP_ALLOW="))
        #expect(site.requests.isEmpty)
    }

    @Test(arguments: [
        ("169.254.169.254", "link-local"), ("10.0.0.1", "private"),
        ("[::ffff:10.0.0.1]", "private"),
        ("[::1]", "loopback"), ("[fd00::1]", "unique-local"), ("224.0.0.1", "multicast"),
        ("[64:ff9b::a00:1]", "private"),
    ])
    func `addresses of one's own network are refused by rule`(
        host: String,
        rule: String
    ) async throws {
        let message = try await refusal(["url": .string("http://\(host)/latest/meta-data/")])
        #expect(message.contains("connections to \(rule) addresses are refused"))
        #expect(!message.contains("meta-data"))
    }

    @Test func `a name is allowed for the addresses that it has`() async throws {
        let site = try TestSite { _, _ in .reply(200) }
        let url = "http://localhost:\(site.port)/"
        #expect(
            try await send(["url": .string(url)], allowing: ["localhost"])["status_code"] == 200
        )
        let message = try await refusal(["url": .string(site.url())], allowing: ["localhost"])
        #expect(message.contains("127.0.0.1"))
    }

    @Test(arguments: [301, 302, 303, 307, 308])
    func `a redirect into a forbidden address is refused`(status: Int) async throws {
        let target = try TestSite { _, _ in .reply(200) }
        let site = try TestSite { _, _ in
            .reply(status, ["Location: http://127.0.0.2:\(target.port)/secret"])
        }
        let message = try await refusal(["url": .string(site.url())], allowing: ["127.0.0.1"])
        #expect(message.contains("connections to loopback addresses are refused, and 127.0.0.2"))
        #expect(!message.contains("secret"))
        #expect(target.requests.isEmpty)
    }

    @Test(arguments: ["file:///etc/passwd", "ftp://127.0.0.1/", "gopher://127.0.0.1/"])
    func `a redirect out of the web is refused`(location: String) async throws {
        let site = try TestSite { _, _ in .reply(302, ["Location: \(location)"]) }
        let failure = try await #require(throws: Failure.self) {
            try await send(["url": .string(site.url())], allowing: ["127.0.0.1"])
        }
        #expect(!failure.isRetryable)
        #expect(failure.message.contains("redirected to where nobody can go"))
    }

    @Test func `no proxy of the environment is asked`() async {
        // In a process of its own: the environment belongs to all tests.
        await #expect(processExitsWith: .success) {
            setenv("http_proxy", "http://127.0.0.1:9", 1)
            let site = try TestSite { _, _ in .reply(200) }
            let client = HTTPClient(
                allowed: try HTTPAllowList(["127.0.0.1"]),
                longestRetryAfter: .seconds(3_600)
            )
            let config = try NodeConfig(["url": .string(site.url())], kind: "http")
            let request = try HTTPRequest(config, body: nil, idempotencyKey: "run/step/1")
            #expect(try await client.send(request).status == 200)
        }
    }

    @Test func `another host gets neither the headers nor the password`() async throws {
        let target = try TestSite { _, _ in .reply(200) }
        let site = try TestSite { request, _ in
            request.line.contains("/far")
                ? .reply(307, ["Location: http://localhost:\(target.port)/"])
                : .reply(307, ["Location: /far"])
        }
        let config: JSON = [
            "url": .string("http://ann:hunter22@127.0.0.1:\(site.port)/near"), "method": "POST",
            "headers": ["X-Key": "k", "Accept": "text/plain"], "body": ["n": 1],
        ]
        _ = try await send(config, allowing: ["127.0.0.1", "localhost"])
        #expect(site.requests.map { $0.header("x-key") } == ["k", "k"])
        #expect(site.requests.allSatisfy { $0.header("authorization") != nil })
        let request = try #require(target.requests.first)
        #expect(request.header("x-key") == nil)
        #expect(request.header("authorization") == nil)
        #expect(request.header("accept") == "text/plain")
        #expect(request.header("idempotency-key") == "run/step/1")
        #expect(request.body == #"{"n":1}"#)
    }

    @Test(arguments: [(301, "GET"), (302, "GET"), (303, "GET"), (307, "POST"), (308, "POST")])
    func `a redirected POST keeps its method where it has to`(
        status: Int,
        method: String
    ) async throws {
        let site = try TestSite { _, number in
            number == 1 ? .reply(status, ["Location: /there"]) : .reply(200)
        }
        let config: JSON = ["url": .string(site.url()), "method": "POST", "body": "text"]
        _ = try await send(config, allowing: ["127.0.0.1"])
        let request = try #require(site.requests.last)
        #expect(request.line == "\(method) /there HTTP/1.1")
        #expect(request.body == (method == "POST" ? "text" : ""))
        #expect((request.header("content-type") == nil) == (method == "GET"))
    }

    @Test func `redirects end after as many as are allowed`() async throws {
        let site = try TestSite { _, _ in .reply(302, ["Location: /again"]) }
        let message = try await refusal(
            ["url": .string(site.url()), "follow_redirects": 3],
            allowing: ["127.0.0.1"]
        )
        #expect(message.contains("more than 3 redirects"))
        #expect(site.requests.count == 4)
        let unfollowed = try await refusal(
            ["url": .string(site.url()), "follow_redirects": 0],
            allowing: ["127.0.0.1"]
        )
        #expect(unfollowed.contains("status 302"))
        #expect(site.requests.count == 5)
    }
}
