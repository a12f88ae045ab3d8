import ArgumentParser
import FoundationEssentials
import Glibc
import LocalPostgres
import Logging
import PawlStore
import Postgres
import Schema

/// `pawl dev`: everything that is needed, on this machine.
struct Dev: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Run everything here: a private PostgreSQL, a scheduler and workers.",
        discussion: """
            The server keeps its data under .pawl in this directory, listens on a socket only, and \
            needs nothing but PostgreSQL's programs. If --database-url or the environment names a \
            database, that one is used instead. Either way the schema is brought up to date.

              pawl dev                                          until Ctrl-C
              pawl dev --workers 2 --worker-command "swift run my-worker"
              pawl dev -- ./smoke-test.sh                       until the command ends

            Other commands in this directory, and in those below, find the server by themselves. \
            Elsewhere, or with --directory, they need the line export DATABASE_URL=… that is printed \
            at the start. The command after -- gets DATABASE_URL and PGHOST and the like, so that plain psql \
            works, and its exit code becomes the one of pawl dev.

            What dies is started again. Ctrl-C stops everything: workers finish what they have; a \
            second Ctrl-C makes them give it back. The data stays.
            """
    )

    @Option(
        help: ArgumentHelp("Where the private server keeps its data.", valueName: "path"),
        completion: .directory
    )
    var directory = DevDirectory.name

    @Option(
        name: .customLong("server-setting"),
        help: ArgumentHelp(
            "A setting of the private server when it starts, such as shared_buffers=1GB; may be repeated.",
            valueName: "name=value"
        )
    )
    var serverSettings: [ServerSetting] = []

    @Option(help: "How many worker processes to run.")
    var workers = 1

    @Option(
        name: .customLong("worker-command"),
        help: ArgumentHelp(
            "The program with your handlers. (default: pawl worker)",
            valueName: "command"
        ),
        completion: .shellCommand("compgen -c")
    )
    var workerCommand: String?

    @Flag(name: .customLong("no-scheduler"), help: "Run no scheduler.")
    var withoutScheduler = false

    @Argument(
        parsing: .postTerminator,
        help: "After --: a command to run; everything stops when it ends."
    )
    var command: [String] = []

    @OptionGroup var log: LogOptions
    @OptionGroup var database: DatabaseOptions

    func validate() throws {
        guard (0...100).contains(workers) else {
            throw ValidationError("run between 0 and 100 workers")
        }
        guard serverSettings.isEmpty || !database.isNamed else {
            throw ValidationError(
                "--server-setting is for the private server, and the database is another's"
            )
        }
    }

    func run() async throws {
        // A reader of our output that goes away must not leave children behind.
        signal(SIGPIPE, SIG_IGN)
        let interrupts = Interrupts([SIGINT, SIGTERM, SIGHUP])
        let home = try DevDirectory(making: directory)
        let orphans = try await home.endOrphans()
        if orphans > 0 {
            say("ended \(orphans.counted("process", "processes")) of a killed \"pawl dev\"")
        }
        let ledger = try DevLedger(in: home)
        let server = database.isNamed ? nil : try await startServer()
        let code: Int32
        do {
            code = try await runAll(server, ledger, interrupts)
        } catch {
            try await server?.stop()
            try ledger.remove()
            throw error
        }
        try await server?.stop()
        try ledger.remove()
        if code != 0 { throw ExitCode(code) }
    }

    private func startServer() async throws -> DevServer {
        let settings = serverSettings.map { ($0.name, $0.value) }
        let server = try await LocalServer.start(
            in: try DevDirectory.server(of: directory),
            options: LocalServer.Options(settings: Dictionary(settings) { _, last in last })
        )
        say("PostgreSQL \(server.wasRunning ? "runs already" : "started") in \(server.directory)")
        if server.wasRunning, !settings.isEmpty {
            say("it keeps the settings that it was started with")
        }
        return DevServer(server: server, say: say)
    }

    private func runAll(
        _ server: DevServer?,
        _ ledger: DevLedger,
        _ interrupts: Interrupts
    ) async throws -> Int32 {
        let configuration = try server?.server.configuration ?? database.configuration()
        try await migrate(configuration)
        say("connect with: psql \"\(configuration.url(redacted: true))\"")
        if server != nil {
            say("for other directories: export DATABASE_URL=\(configuration.url().shellWord)")
        }
        let children = DevChildren(
            makeChildren(),
            environment: configuration.environment,
            ledger: ledger,
            paint: paint
        )
        let kept = [
            workers > 0
                ? (workers.counted("worker", "workers") + (workerCommand.map { ": \($0)" } ?? ""))
                : nil,
            withoutScheduler ? nil : "a scheduler",
        ].compactMap(\.self)
        if !kept.isEmpty { say("starting \(kept.joined(separator: " and "))") }
        if command.isEmpty { say("Ctrl-C stops everything") }
        let course = DevCourse(
            server: server,
            children: children,
            command: command.isEmpty
                ? nil : DevCommand(command, environment: configuration.environment),
            interrupts: interrupts,
            say: say
        )
        return try await course.run()
    }

    private func migrate(_ configuration: PostgresConfiguration) async throws {
        let connection = try Connection(configuration)
        do {
            try await connection.open()
        } catch let error as PostgresError {
            throw Complaint(connecting: error, to: configuration)
        }
        let applied: Int
        do {
            applied = try await connection.run { try $0.migrateIfKnown().count }
        } catch var complaint as Complaint where !database.isNamed {
            complaint.hint = """
                start "pawl dev" in another directory; or move "\(directory)" away, and with it all \
                data that is in it
                """
            throw complaint
        }
        await connection.close()
        if applied > 0 { say("applied \(applied.counted("migration", "migrations"))") }
    }

    private func makeChildren() -> [DevChildren.Child] {
        let own = RunningProcess.ownPath
        let level = ["--log-level", log.level.rawValue]
        let styles: [Paint.Style] = [.cyan, .green, .blue, .magenta]
        var children = (0..<workers).map { number in
            let style = styles[number % styles.count]
            let name = "worker-\(number + 1)"
            guard let workerCommand else {
                return DevChildren.Child(
                    name: name,
                    program: own,
                    arguments: ["worker"] + level,
                    style: style
                )
            }
            return DevChildren.Child(
                name: name,
                program: "/bin/sh",
                // In place of the shell, so that signals and exit codes are the program's own.
                arguments: ["-c", "exec \(workerCommand)"],
                style: style
            )
        }
        if !withoutScheduler {
            children.append(
                DevChildren.Child(
                    name: "scheduler",
                    program: own,
                    arguments: ["scheduler"] + level,
                    style: .yellow
                )
            )
        }
        return children
    }

    private var paint: Paint { Paint(STDERR_FILENO, isForbidden: log.isColorless) }

    @Sendable private func say(_ text: String) {
        Output.note(paint("[pawl]", .bold) + " \(text)\n")
    }
}
