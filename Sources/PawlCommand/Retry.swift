import ArgumentParser
import PawlStore
import Postgres

/// `pawl retry`: takes failed runs up again.
struct Retry: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Take failed runs up again at the steps that failed.",
        discussion: """
            What ended well is kept: the run goes on at the step that failed, which gets fresh \
            attempts and keeps its idempotency key. Inside a container that is each child that \
            failed, and what was cancelled with it begins anew; a loop goes on with the iteration \
            that failed. Only a failed run can be retried, and not one that failed by its deadline.

              pawl retry 01998f3e-6c1a-7
              pawl runs --status failed --json | jq -r '.[].run_id' | xargs pawl retry
            """
    )

    @Argument(help: "The runs' ids, or their beginnings.")
    var runs: [RunReference]

    @Option(help: ArgumentHelp("Who retries.", valueName: "name"))
    var by = UserName.current

    @OptionGroup var output: OutputOptions
    @OptionGroup var database: DatabaseOptions

    func run() async throws {
        let by = by
        try await database.onEach(runs, output, pastTense: "retried") { session, run in
            try session.retry(run, by: by)
        }
    }
}
