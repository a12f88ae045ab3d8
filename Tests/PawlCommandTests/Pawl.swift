import FoundationEssentials
import PawlCore
import PawlTesting
import Postgres
import Subprocess

#if canImport(System)
import System
#else
import SystemPackage
#endif

/// The program under test, as a shell would call it.
struct Pawl: Sendable {
    struct Result: Sendable {
        let code: Int32
        let output: String
        let error: String

        /// The document that `--json` printed.
        var json: JSON {
            get throws { try JSON(parsing: Array(output.utf8)) }
        }
    }

    private let environment: [String: String]
    private let directory: String

    /// Calls the program with a database, or with none, and with more variables.
    init(
        _ database: TestDatabase? = nil,
        in directory: String = "/",
        with more: [String: String] = [:]
    ) {
        self.directory = directory
        var variables = more.merging(["PAWL_USER": "tester", "TZ": "UTC"]) { more, _ in more }
        let path = ProcessInfo.processInfo.environment["PATH"] ?? ""
        variables["PATH"] = "\(Self.folder):\(path)"
        if let configuration = database?.configuration {
            variables["PGHOST"] = configuration.host
            variables["PGPORT"] = configuration.port.map { String($0) }
            variables["PGUSER"] = configuration.user
            variables["PGDATABASE"] = configuration.database
        }
        environment = variables
    }

    /// The program that was built together with this test.
    static var path: String { folder + "/pawl" }

    private static var folder: String {
        let bundle = CommandLine.arguments[0]
        return String(bundle.prefix(upTo: bundle.lastIndex(of: "/") ?? bundle.startIndex))
    }

    func callAsFunction(_ arguments: String..., input: String = "") async throws -> Result {
        try await self(arguments, input: input)
    }

    func callAsFunction(_ arguments: [String], input: String = "") async throws -> Result {
        try await call(.path(FilePath(Self.path)), arguments, input)
    }

    /// Runs a line of shell, in which `pawl` is the program under test.
    func shell(_ line: String) async throws -> Result {
        try await call(.name("sh"), ["-c", line], "")
    }

    private func call(
        _ program: Executable,
        _ arguments: [String],
        _ input: String
    ) async throws -> Result {
        let result = try await run(
            program,
            arguments: Arguments(arguments),
            environment: subprocessEnvironment,
            workingDirectory: FilePath(directory),
            input: .string(input),
            output: .string(limit: 1 << 22),
            error: .string(limit: 1 << 22)
        )
        let code: Int32 =
            switch result.terminationStatus {
            case .exited(let code): code
            case .signaled(let signal): -signal
            }
        return Result(code: code, output: result.standardOutput, error: result.standardError)
    }

    /// Does something while a call of the program runs, and ends that call with a Unix signal.
    ///
    /// - Returns: The exit code of the call, negative for a Unix signal, and what it said.
    @discardableResult
    func during(
        _ arguments: String...,
        endingWith signal: Signal = .terminate,
        _ work: @escaping @Sendable (pid_t) async throws -> Void
    ) async throws -> (code: Int32, error: String) {
        let result = try await run(
            .path(FilePath(Self.path)),
            arguments: Arguments(arguments),
            environment: subprocessEnvironment,
            workingDirectory: FilePath(directory),
            input: .none,
            output: .discarded,
            error: .sequence
        ) { execution in
            try await withThrowingTaskGroup(of: String.self) { group in
                group.addTask {
                    var said = ""
                    for try await line in execution.standardError.strings() { said += line + "\n" }
                    return said
                }
                do {
                    try await work(execution.processIdentifier.value)
                } catch {
                    try execution.send(signal: .kill)
                    throw error
                }
                try execution.send(signal: signal)
                return try await group.next() ?? ""
            }
        }
        switch result.terminationStatus {
        case .exited(let code): return (code, result.closureResult)
        case .signaled(let signal): return (-signal, result.closureResult)
        }
    }

    private var subprocessEnvironment: Environment {
        var updates: [Environment.Key: String?] = [:]
        for name in ["DATABASE_URL", "PGHOST", "PGPORT", "PGUSER", "PGDATABASE", "PGSERVICE"] {
            if let key = Environment.Key(rawValue: name) { updates[key] = .some(nil) }
        }
        for (name, value) in environment {
            if let key = Environment.Key(rawValue: name) { updates[key] = value }
        }
        return .inherit.updating(updates)
    }
}

/// A workflow that asks a question and then ends.
let review = """
    {"id": "review",
     "nodes": [{"id": "start", "type": "start"},
               {"id": "ask", "type": "human",
                "config": {"prompt": "Ship it?", "options": ["yes", "no"]}},
               {"id": "end", "type": "end"}],
     "edges": [{"source": "start", "target": "ask"}, {"source": "ask", "target": "end"}]}
    """
