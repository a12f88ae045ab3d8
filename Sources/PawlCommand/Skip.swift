import ArgumentParser
import PawlStore
import Postgres

/// `pawl skip`: passes a step over.
struct Skip: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Pass a live step over, or the one at which a run failed.",
        discussion: """
            The run goes on as if the step had ended without an output. A step at work is told.

              pawl skip 01998f3e-6c1a-7 checks.security
            """
    )

    @Argument(help: "The run's id, or its beginning.")
    var run: RunReference

    @Argument(help: "The step's path, as pawl show prints it.")
    var step: String

    @Option(help: ArgumentHelp("Who skips.", valueName: "name"))
    var by = UserName.current

    @OptionGroup var output: OutputOptions
    @OptionGroup var database: DatabaseOptions

    func run() async throws {
        let (step, by) = (step, by)
        try await database.onEach([run], output, pastTense: "skipped \(step) of") { session, run in
            try session.skip(step, of: run, by: by)
        }
    }
}
