import Glibc
import Synchronization

@testable import PawlNodes

/// A web server on the loopback address, which answers as a test says and notes what it was asked.
final class TestSite: Sendable {
    enum Answer: Sendable {
        /// A whole response: status, headers, body.
        case reply(Int, [String] = [], String = "")
        /// These bytes as they are, and then the end.
        case raw([UInt8])
        /// No word until the client gives up.
        case silence
        /// A head, and then a body without end.
        case flood(String = "text/plain")
    }

    struct Request: Sendable {
        let text: String

        var line: String { String(text.prefix { !$0.isNewline }) }
        var body: String {
            text.firstRange(of: "\r\n\r\n").map { String(text[$0.upperBound...]) } ?? ""
        }

        func header(_ name: String) -> String? {
            text.split(separator: "\r\n").first { $0.lowercased().hasPrefix("\(name): ") }
                .map { String($0.dropFirst(name.count + 2)) }
        }
    }

    private struct State {
        var requests: [Request] = []
        var givenUp = 0
    }

    let port: Int
    private let listener: Int32
    private let answer: @Sendable (Request, Int) -> Answer
    private let state = Mutex(State())

    struct Failure: Error {}

    /// Opens a server; `answer` gets each request with its number, from 1.
    init(_ answer: @escaping @Sendable (Request, Int) -> Answer) throws {
        (listener, port) = try Self.bindSocket()
        self.answer = answer
        let listener = listener
        guard listen(listener, 64) == 0 else { throw Failure() }
        let isRunning = OwnThread.start(stack: 256 << 10) { [weak self] in
            defer { close(listener) }
            while true {
                let client = accept(listener, nil, nil)
                guard client >= 0, let site = self else { return }
                let isServing = OwnThread.start(stack: 256 << 10) {
                    site.serve(client)
                    close(client)
                }
                if !isServing { close(client) }
            }
        }
        guard isRunning else { throw Failure() }
    }

    // The thread closes it: it may be about to use it, and its number would be another's.
    deinit { shutdown(listener, Int32(SHUT_RDWR)) }

    /// Runs `body` with a port that is taken, and at which nobody listens.
    static func withDeafPort<Value>(_ body: (Int) async throws -> Value) async throws -> Value {
        let (socket, port) = try bindSocket()
        defer { close(socket) }
        return try await body(port)
    }

    private static func bindSocket() throws -> (socket: Int32, port: Int) {
        let kind = Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue)
        let socket = Glibc.socket(AF_INET, kind, 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = INADDR_LOOPBACK.bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let failure = withUnsafeMutablePointer(to: &address) { address in
            address.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                bind(socket, address, length) + getsockname(socket, address, &length)
            }
        }
        guard failure == 0 else { throw Failure() }
        return (socket, Int(address.sin_port.bigEndian))
    }

    func url(_ path: String = "/") -> String { "http://127.0.0.1:\(port)\(path)" }
    var requests: [Request] { state.withLock { $0.requests } }
    /// The clients that went away before they had an answer.
    var givenUp: Int { state.withLock { $0.givenUp } }

    private func serve(_ client: Int32) {
        guard let request = read(client) else { return }
        let number = state.withLock { state in
            state.requests.append(request)
            return state.requests.count
        }
        switch answer(request, number) {
        case .reply(let status, let headers, let body):
            let lines =
                ["HTTP/1.1 \(status) Text", "Content-Length: \(body.utf8.count)"]
                + headers + ["Connection: close", "", body]
            _ = send(client, Array(lines.joined(separator: "\r\n").utf8))
        case .raw(let bytes):
            _ = send(client, bytes)
        case .silence:
            var byte: UInt8 = 0
            _ = recv(client, &byte, 1, 0)
            state.withLock { $0.givenUp += 1 }
        case .flood(let type):
            let head = "HTTP/1.1 200 OK\r\nContent-Type: \(type)\r\n\r\n"
            guard send(client, Array(head.utf8)) else { return }
            let wave = [UInt8](repeating: UInt8(ascii: "x"), count: 64 << 10)
            while send(client, wave) {}
            state.withLock { $0.givenUp += 1 }
        }
    }

    private func read(_ client: Int32) -> Request? {
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 16 << 10)
        while true {
            let count = recv(client, &buffer, buffer.count, 0)
            guard count > 0 else { return nil }
            bytes += buffer[..<count]
            let request = Request(text: String(decoding: bytes, as: UTF8.self))
            guard request.text.contains("\r\n\r\n") else { continue }
            let length = request.header("content-length").flatMap { Int($0) } ?? 0
            if request.body.utf8.count >= length { return request }
        }
    }

    private func send(_ client: Int32, _ bytes: [UInt8]) -> Bool {
        bytes.withUnsafeBytes { bytes in
            var rest = bytes[...]
            while !rest.isEmpty {
                let part = UnsafeRawBufferPointer(rebasing: rest)
                let count = Glibc.send(client, part.baseAddress, part.count, Int32(MSG_NOSIGNAL))
                guard count > 0 else { return false }
                rest = rest.dropFirst(count)
            }
            return true
        }
    }
}

extension TestSite {
    /// Lets threads pass when as many as it waits for are there.
    final class Barrier: Sendable {
        private let count: Int
        private let arrived = Mutex(0)

        init(count: Int) { self.count = count }

        func arrive() {
            arrived.withLock { $0 += 1 }
            let deadline = ContinuousClock.now + .seconds(20)
            while arrived.withLock({ $0 }) < count, .now < deadline { sched_yield() }
        }
    }
}
