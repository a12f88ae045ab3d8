import FoundationEssentials
import LocalPostgres
import PawlTesting
import Postgres
import Synchronization
import Testing

#if canImport(Darwin)
import Darwin
#else
import Glibc
#endif

/// Each test has a directory of its own, which goes with whatever runs in it.
@Suite(.timeLimit(.minutes(20))) struct LocalServerTests {
    private let scratch = ScratchDirectory()
    private var directory: String { scratch.path }

    @Test func `a first start makes a cluster that only the socket leads to`() async throws {
        let server = try await LocalServer.start(in: directory)
        #expect(!server.wasRunning)
        #expect(try await server.value(of: "listen_addresses") == "")
        #expect(try await server.value(of: "fsync") == "on")
        #expect(FileStatus(of: try #require(server.configuration.host))?.permissions == 0o700)
        #expect(FileStatus(of: directory)?.permissions == 0o700)
        #expect(try await server.stop())
        #expect(server.processID == nil)
    }

    @Test func `a second start finds what the first one stored`() async throws {
        let first = try await LocalServer.start(in: directory)
        try await first.run("create table kept (); insert into kept default values")
        try await first.stop()
        let second = try await LocalServer.start(in: directory)
        #expect(!second.wasRunning)
        try await second.run("select from kept")
        try await second.stop()
    }

    @Test func `a server without durability says so`() async throws {
        let server = try await LocalServer.start(
            in: directory,
            options: .init(
                isDurable: false,
                settings: ["application_name": "it's \"quoted\" $HOME"]
            )
        )
        #expect(try await server.value(of: "fsync") == "off")
        #expect(try await server.value(of: "full_page_writes") == "off")
        #expect(try await server.value(of: "application_name") == "it's \"quoted\" $HOME")
        try await server.stop()
    }

    @Test func `a running server is adopted, and stopped by its last user`() async throws {
        let first = try await LocalServer.start(in: directory)
        let second = try await LocalServer.start(in: directory)
        #expect(second.wasRunning)
        #expect(second.processID == first.processID)
        #expect(try await !first.stop())
        try await second.run("select 1")
        #expect(try await second.stop())
        #expect(second.processID == nil)
    }

    @Test func `a server that a killed process left is adopted`() async throws {
        // What the kernel keeps of a killed process: nothing, and none of its locks.
        var server: LocalServer? = try await LocalServer.start(in: directory)
        let process = try #require(server?.processID)
        server = nil
        let next = try await LocalServer.start(in: directory)
        #expect(next.wasRunning)
        #expect(next.processID == process)
        #expect(try await next.stop())
    }

    @Test func `two starts at once make one server`() async throws {
        let directory = directory
        async let one = LocalServer.start(in: directory)
        async let other = LocalServer.start(in: directory)
        let servers = try await [one, other]
        #expect(servers.count { $0.wasRunning } == 1)
        #expect(servers[0].processID == servers[1].processID)
        for server in servers { try await server.stop() }
    }

    @Test func `the file of a dead server is no obstacle`() async throws {
        let server = try await LocalServer.start(in: directory)
        let file = try String(contentsOf: postmasterFile, encoding: .utf8)
        try await server.stop()
        try file.write(to: postmasterFile, atomically: false, encoding: .utf8)
        #expect(server.processID == nil)
        let next = try await LocalServer.start(in: directory)
        #expect(!next.wasRunning)
        try await next.stop()
    }

    @Test func `a program that has a dead server's number is not taken for it`() async throws {
        let elsewhere = ScratchDirectory()
        let other = try await LocalServer.start(in: elsewhere.path)
        let process = try #require(other.processID)
        let server = try await LocalServer.start(in: directory)
        let file = try String(contentsOf: postmasterFile, encoding: .utf8)
        try await server.stop()
        try ("\(process)" + file.drop { $0 != "\n" })
            .write(to: postmasterFile, atomically: false, encoding: .utf8)
        #expect(server.processID == nil)
        let next = try await LocalServer.start(in: directory)
        #expect(!next.wasRunning)
        try await next.stop()
        #expect(other.processID == process)
        try await other.stop()
    }

    @Test func `a half-made cluster is made anew`() async throws {
        try await LocalServer.start(in: directory).stop()
        // What initdb has when it is killed midway.
        let data = directory + "/data"
        let left = directory + "/data.new-1"
        try FileManager.default.moveItem(atPath: data, toPath: left)
        try FileManager.default.removeItem(atPath: left + "/global")
        let server = try await LocalServer.start(in: directory)
        try await server.run("select 1")
        #expect(!FileManager.default.fileExists(atPath: left))
        try await server.stop()
    }

    @Test func `a crash loses nothing that was committed`() async throws {
        let server = try await LocalServer.start(in: directory)
        try await server.run("create table kept (); insert into kept default values")
        let process = server.processID
        try await server.crash()
        #expect(server.processID == nil)
        try await server.restart()
        #expect(server.processID != process)
        try await server.run("select from kept")
        try await server.stop()
    }

    @Test func `a killed server starts again`() async throws {
        let server = try await LocalServer.start(in: directory)
        let connection = try Connection(server.configuration)
        try await connection.open()
        kill(try #require(server.processID), SIGKILL)
        try await eventually("the server is gone") { server.processID == nil }
        try await server.restart()
        try await server.run("select 1")
        try await server.stop()
    }

    @Test func `a server whose socket was deleted is started again`() async throws {
        let first = try await LocalServer.start(in: directory)
        let process = first.processID
        let socket = try #require(first.configuration.host) + "/.s.PGSQL.5432"
        try FileManager.default.removeItem(atPath: socket)
        let second = try await LocalServer.start(in: directory)
        #expect(!second.wasRunning)
        #expect(second.processID != process)
        try await second.run("select 1")
        _ = first
        try await second.stop()
    }

    @Test func `a directory with other things in it is refused and left alone`() async throws {
        try FileManager.default.createDirectory(
            atPath: directory,
            withIntermediateDirectories: true
        )
        try "mine".write(toFile: directory + "/letter", atomically: false, encoding: .utf8)
        let before = FileStatus(of: directory)?.permissions
        let error = await #expect(throws: LocalServerError.self) {
            _ = try await LocalServer.start(in: directory)
        }
        #expect(error?.message.contains("holds something else than a server") == true)
        #expect(error?.hint != nil)
        #expect(FileStatus(of: directory)?.permissions == before)
    }

    @Test func `a file is no directory`() async throws {
        try "".write(toFile: directory, atomically: false, encoding: .utf8)
        let error = await #expect(throws: LocalServerError.self) {
            _ = try await LocalServer.start(in: directory)
        }
        #expect(error?.message.hasSuffix("is not a directory") == true)
    }

    @Test(.enabled(if: geteuid() == 0, "only root has another user run the server"))
    func `a directory that the server's user cannot reach is refused by name`() async throws {
        let closed = directory
        try FileManager.default.createDirectory(
            atPath: closed,
            withIntermediateDirectories: true,
            attributes: [.posixPermissions: 0o700]
        )
        let error = await #expect(throws: LocalServerError.self) {
            _ = try await LocalServer.start(in: closed + "/inside")
        }
        #expect(error?.message.contains("may not enter \"\(closed)\"") == true)
        #expect(try LocalServer.reachable(closed + "/inside").hasPrefix("/var/lib/pawl/"))
    }

    @Test func `a cluster of another version is named`() async throws {
        try await LocalServer.start(in: directory).stop()
        try "9\n".write(
            toFile: directory + "/data/PG_VERSION",
            atomically: false,
            encoding: .utf8
        )
        let error = await #expect(throws: LocalServerError.self) {
            _ = try await LocalServer.start(in: directory)
        }
        #expect(error?.message.contains("was made by PostgreSQL 9") == true)
    }

    @Test func `a failed start shows what the server said`() async throws {
        try await LocalServer.start(in: directory).stop()
        let error = await #expect(throws: LocalServerError.self) {
            _ = try await LocalServer.start(
                in: directory,
                options: .init(settings: ["shared_buffers": "plenty"])
            )
        }
        #expect(error?.message.contains("invalid value for parameter \"shared_buffers\"") == true)
    }

    private var postmasterFile: URL { URL(filePath: directory + "/data/postmaster.pid") }
}

/// A directory that goes with its last reference, and any server in it too.
private final class ScratchDirectory: Sendable {
    private static let count = Atomic(0)

    let path: String

    init() {
        let number = Self.count.add(1, ordering: .relaxed).newValue
        path = "/tmp/pawl-local-\(getpid())-\(number)"
    }

    deinit {
        do {
            try LocalServer.discard(directory: path)
        } catch {
            Issue.record(error)
        }
    }
}

extension LocalServer {
    fileprivate func run(_ script: String) async throws {
        let connection = try Connection(configuration)
        try await connection.open()
        try await connection.run { session in try session.script(script) }
        await connection.close()
    }

    fileprivate func value(of setting: String) async throws -> String {
        let connection = try Connection(configuration)
        try await connection.open()
        let value = try await connection.run { session in
            try session.query("select current_setting(\(setting))")[0].decode(String.self, at: 0)
        }
        await connection.close()
        return value
    }
}
