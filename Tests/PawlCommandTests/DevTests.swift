import FoundationEssentials
import Glibc
import PawlCore
import PawlTesting
import Subprocess
import Testing

/// `pawl dev`: everything starts, survives, and ends together.
@Suite(.serialized, .timeLimit(.minutes(20))) struct DevTests {
    private let directory: String
    private let pawl: Pawl

    init() throws {
        directory = "/tmp/pawl-dev-\(UUID().uuidString.prefix(8))"
        try FileManager.default.createDirectory(
            atPath: directory,
            withIntermediateDirectories: false
        )
        pawl = Pawl(in: directory)
    }

    @Test func `a command runs with everything around it`() async throws {
        defer { cleanUp() }
        try review.write(toFile: directory + "/review.json", atomically: true, encoding: .utf8)
        let result = try await pawl.shell(
            """
            pawl dev -- sh -c '
              psql -Atc "select current_database()" &&
              pawl define review.json && pawl run review --key k >/dev/null &&
              until pawl decide --list | grep -q Ship; do :; done &&
              pawl decide 1 yes >/dev/null && pawl watch --until-idle --json | tail -1 &&
              exit 7'
            """
        )
        #expect(result.code == 7)
        let lines = result.output.split(separator: "\n")
        #expect(lines.prefix(2) == ["postgres", "review version 1"])
        let census = try JSON(parsing: Array((lines.last ?? "").utf8))
        #expect(census["total"]?["completed"] == 1)
        #expect(result.error.contains("[pawl] PostgreSQL stopped"))
        #expect(result.error.contains("for other directories: export DATABASE_URL='postgresql:///"))
        #expect(!isServerAlive)
    }

    @Test func `the server has its settings, also when it is started again`() async throws {
        defer { cleanUp() }
        let result = try await pawl.shell(
            """
            pawl dev --workers 0 --no-scheduler --server-setting work_mem=7MB \
              --server-setting "log_line_prefix=it's %p " -- sh -c '
              psql -Atc "show work_mem" -c "show log_line_prefix" &&
              kill -9 $(head -n 1 .pawl/postgres/data/postmaster.pid) &&
              until psql -Atc "show work_mem" 2>/dev/null; do :; done'
            """
        )
        #expect(result.output == "7MB\nit's %p \n7MB\n", "\(result.error)")
        #expect(result.code == 0)
        #expect(try await pawl("dev", "--server-setting", "work_mem").code == 64)
        #expect(try await pawl("dev", "--server-setting", "a -c b=c").code == 64)
    }

    @Test func `a worker that dies is started again, and Ctrl-C leaves nothing`() async throws {
        defer { cleanUp() }
        let ended = try await pawl.during("dev", "--workers", "2", endingWith: .interrupt) { _ in
            try await waitForWorkers(2)
            let before = try children()
            let victim = try #require(before.first { isWorker($0) })
            kill(victim, SIGKILL)
            try await eventually("another worker is in its place") {
                let now = try children()
                return !now.contains(victim) && now.count == 3
            }
            // Its database is found from the directory alone.
            try await waitForWorkers(2)
            try await note(children())
        }
        #expect(ended.code == 0)
        #expect(ended.error.contains("was ended by Unix signal 9; starting it again"))
        #expect(try noted().allSatisfy { !isAlive($0) })
        #expect(!isServerAlive)
        #expect(try ledgers().isEmpty)
    }

    @Test func `a server that dies is started again, and work goes on`() async throws {
        defer { cleanUp() }
        let ended = try await pawl.during("dev", "--no-scheduler") { _ in
            try await waitForWorkers(1)
            let victim = try #require(postmaster)
            kill(victim, SIGKILL)
            try await eventually("another server is in its place", within: .seconds(60)) {
                postmaster.map { $0 != victim } ?? false
            }
            try await waitForWorkers(1)
        }
        #expect(ended.code == 0)
        #expect(ended.error.contains("PostgreSQL has died; starting it again"))
        #expect(!isServerAlive)
    }

    @Test func `what a killed one left is ended, and its server adopted`() async throws {
        defer { cleanUp() }
        try await pawl.during("dev", endingWith: .kill) { _ in
            try await waitForWorkers(1)
            try await note(children())
        }
        #expect(isServerAlive)
        let second = try await pawl("dev", "--workers", "0", "--no-scheduler", "--", "true")
        #expect(second.code == 0)
        #expect(second.error.contains("of a killed \"pawl dev\""))
        #expect(second.error.contains("PostgreSQL runs already"))
        #expect(try noted().allSatisfy { !isAlive($0) })
        #expect(!isServerAlive)
    }

    @Test func `a server that another one uses is left running`() async throws {
        defer { cleanUp() }
        try await pawl.during("dev") { _ in
            try await waitForWorkers(1)
            let second = try await pawl("dev", "--workers", "0", "--no-scheduler", "--", "true")
            #expect(second.error.contains("PostgreSQL goes on for another \"pawl dev\""))
            #expect(isServerAlive)
            try await waitForWorkers(1)
        }
        #expect(!isServerAlive)
    }

    private func waitForWorkers(_ count: Int) async throws {
        try await eventually("\(count) workers are alive", within: .seconds(60)) {
            let result = try await pawl("doctor", "--json")
            return result.output.contains("\(count) worker\(count == 1 ? " is" : "s are") alive")
        }
    }

    private func ledgers() throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: directory + "/.pawl")
            .filter { $0.hasSuffix(".children") }
    }

    /// The numbers of the processes that were started.
    private func children() throws -> [pid_t] {
        try ledgers().flatMap { name in
            try String(contentsOfFile: "\(directory)/.pawl/\(name)", encoding: .utf8)
                .split(separator: "\n")
                .compactMap { $0.split(separator: " ").first.flatMap { pid_t($0) } }
        }
    }

    private func isWorker(_ process: pid_t) -> Bool { words(of: process).contains("worker") }

    /// A dead process that nobody has waited for has a number still, but no words.
    private func isAlive(_ process: pid_t) -> Bool { !words(of: process).isEmpty }

    private func words(of process: pid_t) -> [Substring] {
        let line = FileManager.default.contents(atPath: "/proc/\(process)/cmdline") ?? Data()
        return String(decoding: line, as: UTF8.self).split(separator: "\0")
    }

    private func note(_ processes: [pid_t]) async throws {
        let text = processes.map { "\($0)\n" }.joined()
        try text.write(toFile: directory + "/noted", atomically: true, encoding: .utf8)
    }

    private func noted() throws -> [pid_t] {
        let processes = try String(contentsOfFile: directory + "/noted", encoding: .utf8)
            .split(separator: "\n").compactMap { pid_t($0) }
        try #require(!processes.isEmpty)
        return processes
    }

    private var isServerAlive: Bool { postmaster != nil }

    /// The server's first process; its file outlives it if it is killed.
    private var postmaster: pid_t? {
        let path = directory + "/.pawl/postgres/data/postmaster.pid"
        let text = FileManager.default.contents(atPath: path) ?? Data()
        let line = String(decoding: text, as: UTF8.self).split(separator: "\n").first
        return line.flatMap { pid_t($0) }
    }

    private func cleanUp() {
        do {
            try FileManager.default.removeItem(atPath: directory)
        } catch {
            Issue.record("could not remove \(directory): \(error)")
        }
    }
}
