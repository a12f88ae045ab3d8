import Foundation
import Pawl

/// Another program, which is given the database by libpq's variables.
struct Program {
    private let path: String

    /// Finds a program, also where Debian keeps PostgreSQL's own.
    init(_ name: String) throws {
        let path = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":")
        let versions = "/usr/lib/postgresql"
        let more = (try? FileManager.default.contentsOfDirectory(atPath: versions)) ?? []
        let folders = path.map(String.init) + more.map { "\(versions)/\($0)/bin" }
        guard
            let found = folders.map({ "\($0)/\(name)" })
                .first(where: FileManager.default.isExecutableFile)
        else { throw BenchError("could not find \(name): install PostgreSQL's programs") }
        self.path = found
    }

    init(path: String) { self.path = path }

    /// Makes the process, which is not started yet.
    func process(_ arguments: [String], in site: BenchSite) -> Process {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: path)
        process.arguments = arguments
        var environment = ProcessInfo.processInfo.environment
        environment["PGHOST"] = site.database.host
        environment["PGPORT"] = site.database.port.map(String.init)
        environment["PGUSER"] = site.database.user
        environment["PGDATABASE"] = site.database.database
        environment["PGPASSWORD"] = site.database.password
        process.environment = environment
        return process
    }

    /// Runs the program to its end and returns what it printed.
    func output(of arguments: [String], in site: BenchSite) throws -> String {
        let process = process(arguments, in: site)
        let (output, errors) = (Pipe(), Pipe())
        process.standardOutput = output
        process.standardError = errors
        try process.run()
        // What it complains of is little, and fits the pipe.
        let text = try output.fileHandleForReading.readToEnd() ?? Data()
        let complaint = try errors.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else {
            throw BenchError("\(path) failed: \(String(decoding: complaint, as: UTF8.self))")
        }
        return String(decoding: text, as: UTF8.self)
    }
}
