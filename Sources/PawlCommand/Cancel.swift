import ArgumentParser
import PawlCore
import PawlStore
import Postgres

/// `pawl cancel`: ends runs.
struct Cancel: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Cancel runs.",
        discussion: """
            Steps at work are told, and what they still return is not recorded; open questions are \
            closed. It is safe to repeat. A run that has completed or failed stays as it is: then \
            the exit code is 1.

              pawl cancel 01998f3e-6c1a-7 --reason "wrong input"
              pawl runs --status pending --json | jq -r '.[].run_id' | xargs pawl cancel
            """
    )

    @Argument(help: "The runs' ids, or their beginnings.")
    var runs: [RunReference]

    @Option(help: ArgumentHelp("Why.", valueName: "text"))
    var reason: String?

    @Option(help: ArgumentHelp("Who cancels.", valueName: "name"))
    var by = UserName.current

    @OptionGroup var output: OutputOptions
    @OptionGroup var database: DatabaseOptions

    func run() async throws {
        let (reason, by) = (reason, by)
        try await database.onEach(runs, output, pastTense: "cancelled") { session, run in
            guard try !session.cancel(run, reason: reason, by: by) else { return }
            let status = try session.status(of: run)
            guard status == .cancelled else {
                throw Complaint("run \(run.text) is already \(status?.rawValue ?? "gone")")
            }
        }
    }
}
