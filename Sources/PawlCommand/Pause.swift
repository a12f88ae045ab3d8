import ArgumentParser
import PawlStore
import Postgres

/// `pawl pause`: stops runs for a while.
struct Pause: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Stop runs for a while.",
        discussion: """
            Steps at work end, and nothing follows them until the run is resumed. Answers and \
            signals are taken all the same. Other runs that its steps wait for go on. pawl show \
            says who paused it, and why.

              pawl pause 01998f3e-6c1a-7 --reason "prices are wrong"
            """
    )

    @Argument(help: "The runs' ids, or their beginnings.")
    var runs: [RunReference]

    @Option(help: ArgumentHelp("Why.", valueName: "text"))
    var reason: String?

    @Option(help: ArgumentHelp("Who pauses.", valueName: "name"))
    var by = UserName.current

    @OptionGroup var output: OutputOptions
    @OptionGroup var database: DatabaseOptions

    func run() async throws {
        let (reason, by) = (reason, by)
        try await database.onEach(runs, output, pastTense: "paused") { session, run in
            try session.pause(run, reason: reason, by: by)
        }
    }
}

/// `pawl resume`: lets paused runs go on.
struct Resume: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Let paused runs go on.")

    @Argument(help: "The runs' ids, or their beginnings.")
    var runs: [RunReference]

    @Option(help: ArgumentHelp("Who resumes.", valueName: "name"))
    var by = UserName.current

    @OptionGroup var output: OutputOptions
    @OptionGroup var database: DatabaseOptions

    func run() async throws {
        let by = by
        try await database.onEach(runs, output, pastTense: "resumed") { session, run in
            try session.resume(run, by: by)
        }
    }
}
