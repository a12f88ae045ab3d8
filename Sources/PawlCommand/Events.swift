import ArgumentParser
import FoundationEssentials
import PawlCore
import PawlStore
import Postgres

/// `pawl events`: events of a kind, across runs.
struct Events: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "List events of one kind, latest first.",
        discussion: """
            pawl show prints the history of one run; this looks across runs.

              pawl events run_failed --since 1d
              pawl events step_lost --limit 20 --json
              pawl events step_completed --run 01998f3e-6c1a-7 --step review
            """
    )

    @Argument(help: "The kind: run_failed, step_retrying, decision_requested, …")
    var kind: String

    @Option(help: ArgumentHelp("Only of that run.", valueName: "run"))
    var run: RunReference?

    @Option(help: ArgumentHelp("Only of steps of that path.", valueName: "path"))
    var step: String?

    @Option(
        help: ArgumentHelp("Only since that long ago.", valueName: "time"),
        transform: duration
    )
    var since: Duration?

    @Option(help: "At most so many.")
    var limit = 50

    @OptionGroup var output: OutputOptions
    @OptionGroup var database: DatabaseOptions

    func validate() throws {
        guard Event.Kind(rawValue: kind) != nil else {
            let kinds = Event.Kind.allCases.map(\.rawValue).joined(separator: ", ")
            throw ValidationError("there is no event \"\(kind)\"; there are \(kinds)")
        }
        if limit < 1 { throw ValidationError("--limit is at least 1") }
    }

    func run() async throws {
        let (kind, reference, step, since, limit) = (kind, run, step, since, limit)
        let found = try await database.run { session in
            try session.events(
                ofKind: kind,
                run: reference.map { try $0.find(in: session) },
                step: step,
                age: since,
                limit: limit
            )
        }
        let transcript = Transcript(paint: output.paint, isFull: false)
        for (run, event) in found {
            if output.isJSON {
                var document = event.json.objectValue ?? [:]
                document["run_id"] = .string(run.text)
                Output.document(.object(document))
            } else {
                Output.line("\(run.text) \(transcript.line(event))")
            }
        }
    }
}
