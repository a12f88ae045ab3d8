import ArgumentParser
import Pawl

/// `pawl`: the root of the commands.
struct PawlCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "pawl",
        abstract: "Durable workflows and jobs on PostgreSQL.",
        discussion: """
            To try it, in any directory:

              pawl dev                       a private PostgreSQL, a worker and a scheduler
              pawl define review.json        store a workflow (in another terminal)
              pawl run review '{"id": 7}'    enqueue a run
              pawl watch                     see what happens

            The database is the one of --database-url, else of DATABASE_URL, else of PGHOST, \
            PGDATABASE and the like; if none of them is set, that of a "pawl dev" that runs in \
            this directory or above it.

            Results go to standard output, all else to standard error. With --json a command \
            prints one JSON document, or one a line for what has no end. Exit codes: 0 done, \
            1 failed, 3 not found, 64 misused.

            Completions for your shell: pawl --generate-completion-script (bash, zsh or fish).
            """,
        version: PawlVersion.current,
        groupedSubcommands: [
            CommandGroup(
                name: "Run",
                subcommands: [Dev.self, Migrate.self, WorkerCommand.self, SchedulerCommand.self]
            ),
            CommandGroup(
                name: "Work",
                subcommands: [
                    Define.self, Validate.self, Diff.self, Workflows.self, Undefine.self,
                    DiagramCommand.self, Run.self, Runs.self, Show.self, Watch.self, Stream.self,
                    Events.self, Decide.self, Answer.self, Signal.self, SetVariable.self,
                    Pause.self, Resume.self, Skip.self, Cancel.self, Retry.self, Fork.self,
                    Compare.self,
                    ScheduleCommand.self, QueueCommand.self,
                ]
            ),
            CommandGroup(name: "Care", subcommands: [Doctor.self, Maintain.self, Verify.self]),
        ]
    )
}

extension PawlCommand {
    /// Does what the command line says, and ends the process if that failed.
    ///
    /// It stands in for `main()`, because what a command throws is told in PostgreSQL's manner, with
    /// a hint, and has an exit code of its own; ArgumentParser's errors are about the command line.
    static func start() async {
        do {
            var command = try parseAsRoot()
            if var command = command as? any AsyncParsableCommand {
                try await command.run()
            } else {
                try command.run()
            }
        } catch {
            // A code that is not that of any failure is one that ArgumentParser knows.
            let isAboutArguments =
                error is ValidationError || error is CleanExit || error is ExitCode
                || exitCode(for: error) != .failure
            if isAboutArguments { exit(withError: error) }
            let complaint = Complaint(error)
            complaint.print()
            exit(withError: complaint.exit.code)
        }
    }
}
