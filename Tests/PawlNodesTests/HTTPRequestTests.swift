import Pawl
import PawlCore
import Testing

@testable import PawlNodes

/// Configs of `http` nodes: what they become, and what is refused.
struct HTTPRequestTests {
    private func request(_ config: JSON) throws -> HTTPRequest {
        let reader = try NodeConfig(config, kind: "http")
        try reader.allowOnly(HTTPRequest.names.union(["body"]))
        return try HTTPRequest(reader, body: reader["body"], idempotencyKey: "run/step/1")
    }

    @Test func `a url alone is a GET with defaults`() throws {
        let request = try request(["url": "https://example.com/a?b=c#d"])
        #expect(request.method == "GET")
        #expect(request.address.text == "https://example.com/a?b=c")
        #expect(request.body == nil)
        #expect(request.header("idempotency-key") == "run/step/1")
        #expect(request.header("content-type") == nil)
        #expect(request.timeout == .seconds(30))
        #expect(request.expected == [200...299])
        #expect(request.bodyUse == .whole(limit: 1 << 20))
        #expect(request.redirects == 5)
    }

    @Test func `everything that can be said is taken`() throws {
        let request = try request([
            "method": "post", "url": "http://h:8080/p",
            "query": ["q": "a b&c=d", "n": 5, "x": nil],
            "headers": ["X-Key": "secret", "idempotency-key": "mine", "N": 5],
            "body": ["a": [1, nil]], "timeout": "1m30s", "expect": [204, "400-404"],
            "max_response": 10, "follow_redirects": 0,
        ])
        #expect(request.method == "POST")
        #expect(request.address.text == "http://h:8080/p?n=5&q=a%20b%26c%3dd")
        #expect(request.header("Idempotency-Key") == "mine")
        #expect(request.header("N") == "5")
        #expect(request.header("Content-Type") == "application/json")
        #expect(request.body == Array(#"{"a":[1,null]}"#.utf8))
        #expect(request.timeout == .seconds(90))
        #expect(request.expects(204) && request.expects(403) && !request.expects(200))
        #expect(request.bodyUse == .whole(limit: 10))
        #expect(request.redirects == 0)
    }

    @Test func `a text is sent as it is`() throws {
        let request = try request(["url": "http://h/", "method": "PUT", "body": "{not json"])
        #expect(request.body == Array("{not json".utf8))
        #expect(request.header("Content-Type") == "text/plain; charset=utf-8")
    }

    @Test func `user and password are kept apart from the url`() throws {
        let address = try request(["url": "https://ann:p%40ss@example.com/x"]).address
        #expect(address.text == "https://example.com/x")
        #expect(address.origin == "https://example.com")
        #expect(address.user == "ann")
        #expect(address.password == "p@ss")
    }

    @Test(arguments: [
        ("http://127.1/", "127.0.0.1"), ("http://2130706433/", "127.0.0.1"),
        ("http://0x7f.1/", "127.0.0.1"), ("http://[::1]:80/", "[::1]"),
    ])
    func `an address in whatever notation is read as the one that is meant`(
        url: String,
        host: String
    ) throws {
        #expect(try WebAddress(url).host == host)
    }

    private static let faults: [(config: String, message: String)] = [
        (#"{"method": "GET"}"#, #"config "url" of a node of type "http" is missing"#),
        (#"{"url": 5}"#, #""url" of a node of type "http" has to be a text"#),
        (#"{"url": "http://h", "urll": "x"}"#, #"has no config "urll"; there is body, expect"#),
        (#"{"url": "example.com/secret"}"#, "is not a URL: it does not begin with https://"),
        (#"{"url": "http://"}"#, "the url http:// is not a URL: it names no host"),
        (#"{"url": "http://a b/"}"#, "the url http://a b/… is not a URL: it has a space"),
        (
            #"{"url": "https://h:1/a?b=my secret"}"#,
            #"the url https://h:1/… is not a URL: it has a space; write it in full, as in "#
                + #"https://example.com/path, and values under "query""#
        ),
        (#"{"url": "https://u:secret with/space@h/"}"#, "the url https://… is not a URL"),
        (#"{"url": "http://good@evil@127.0.0.1/"}"#, "the url http://… is not a URL"),
        (#"{"url": "http://h/\n"}"#, "the url http://h/… is not a URL: it has a control"),
        (#"{"url": "ftp://h/secret"}"#, #"scheme "ftp" is refused; use http or https"#),
        (#"{"url": "file:///etc/passwd"}"#, #"scheme "file" is refused"#),
        (#"{"url": "gopher://h/"}"#, "url"),
        (#"{"url": "http://h", "method": "CONNECT"}"#, #""method""#),
        (#"{"url": "http://h", "method": "GET /x"}"#, #""method""#),
        (#"{"url": "http://h", "headers": {"A\r\nB": "c"}}"#, "no name of a header"),
        (#"{"url": "http://h", "headers": {"A": "secret\r\nB: c"}}"#, #""headers.A""#),
        (#"{"url": "http://h", "headers": {"A": [1]}}"#, #""headers.A""#),
        (#"{"url": "http://h", "headers": {"A": "1", "a": "2"}}"#, "a name twice"),
        (#"{"url": "http://h", "headers": {"Transfer-Encoding": "chunked"}}"#, "is refused"),
        (#"{"url": "http://h", "headers": 5}"#, "has to be an object"),
        (#"{"url": "http://h", "timeout": "30"}"#, #""timeout""#),
        (#"{"url": "http://h", "timeout": "0s"}"#, "longer than nothing"),
        (#"{"url": "http://h", "expect": []}"#, #""expect""#),
        (#"{"url": "http://h", "expect": [99]}"#, #""expect""#),
        (#"{"url": "http://h", "expect": "300-200"}"#, #""expect""#),
        (#"{"url": "http://h", "expect": "200-"}"#, #""expect""#),
        (#"{"url": "http://h", "expect": "2xx"}"#, #""expect""#),
        (#"{"url": "http://h", "max_response": 0}"#, "a number from 1 to 1048576"),
        (#"{"url": "http://h", "max_response": 1.5}"#, "a number from 1 to 1048576"),
        (#"{"url": "http://h", "follow_redirects": 21}"#, "a number from 0 to 20"),
        (#""text""#, "is no object"),
    ]

    @Test(arguments: Self.faults)
    func `a config that makes no sense is refused by the name of what is wrong`(
        config: String,
        message: String
    ) throws {
        let failure = try #require(throws: Failure.self) {
            try request(JSON(parsing: config.utf8))
        }
        #expect(failure.message.contains(message))
        #expect(!failure.message.contains("secret"))
        #expect(!failure.isRetryable)
    }

    private static let bodies: [(type: String, body: String, output: String)] = [
        ("application/json", "[1]", #"{"body": [1]}"#),
        ("application/problem+json; charset=utf-8", "{}", #"{"body": {}}"#),
        ("application/json", "", #"{"body": null}"#),
        ("text/html", "<p>", #"{"body": "<p>"}"#),
        ("text/plain", "a\0b", #"{"body": "YQBi", "base64": true}"#),
        ("image/png", "PNG", #"{"body": "UE5H", "base64": true}"#),
        ("", "plain", #"{"body": "plain"}"#),
    ]

    @Test(arguments: Self.bodies)
    func `a body is read as its type says`(type: String, body: String, output: String) throws {
        let headers = type.isEmpty ? [] : [(name: "content-type", value: type)]
        let response = HTTPResponse(status: 200, headers: headers, body: Array(body.utf8))
        let actual = try response.output()
        let output = try JSON(parsing: output.utf8)
        #expect(actual["body"] == output["body"])
        #expect(actual["base64"] == output["base64"])
        #expect(actual["headers"]?["content-type"]?.stringValue ?? "" == type)
    }

    @Test func `a body that is no JSON though it says so fails, and may be tried again`() throws {
        let response = HTTPResponse(
            status: 200,
            headers: [("content-type", "application/json")],
            body: Array("<html>".utf8)
        )
        let failure = try #require(throws: Failure.self) { try response.output() }
        #expect(failure.isRetryable)
    }
}
