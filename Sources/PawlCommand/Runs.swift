import ArgumentParser
import PawlCore
import PawlStore
import Postgres

/// `pawl runs`: lists runs.
struct Runs: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "List runs, newest first.",
        discussion: """
              pawl runs                                the latest 20
              pawl runs --status failed --since 1d     what failed since yesterday
              pawl runs --key order-7                  the run with that key
              pawl runs --status failed --json | jq -r '.[].run_id' | xargs pawl retry
            """
    )

    @Option(help: "Only runs of this workflow.")
    var workflow: String?

    @Option(
        parsing: .singleValue,
        help: "Only runs with this status; give it several times for any of several.",
        completion: .list(RunStatus.allCases.map(\.rawValue)),
        transform: { text in
            guard let status = RunStatus(rawValue: text) else {
                let known = RunStatus.allCases.map(\.rawValue).joined(separator: ", ")
                throw ValidationError("\"\(text)\" is no status; there are \(known)")
            }
            return status
        }
    )
    var status: [RunStatus] = []

    @Option(help: "Only the run with this key.")
    var key: String?

    @Option(
        help: ArgumentHelp("Only runs that are younger, as in 10m, 2h, 1d.", valueName: "time"),
        transform: duration
    )
    var since: Duration?

    @Option(help: "At most so many.")
    var limit = 20

    @OptionGroup var output: OutputOptions
    @OptionGroup var database: DatabaseOptions

    func validate() throws {
        if limit < 1 { throw ValidationError("a limit is at least 1") }
    }

    func run() async throws {
        var filter = RunFilter()
        filter.workflow = workflow
        filter.statuses = status
        filter.key = key
        filter.age = since
        let limit = limit
        let runs = try await database.run { [filter] in try $0.runs(matching: filter, limit: limit)
        }
        if output.isJSON {
            Output.document(.array(runs.map(\.json)))
            return
        }
        var table = Table([
            .left("RUN"), .left("WORKFLOW"), .left("STATUS"), .left("ENQUEUED"), .right("TOOK"),
            .left("KEY"),
        ])
        for run in runs {
            let took = run.ended.map { ($0 - max(run.created, run.due)).short } ?? ""
            table.add([
                "\(run.id.text)", Table.Cell(run.workflow, .bold),
                Table.Cell(run.status.rawValue, run.status.style), "\(run.created.local)",
                "\(took)", "\(run.key ?? "")",
            ])
        }
        Output.raw(table.text(output.paint))
        if runs.count == limit {
            Output.note("There may be more: --limit \(limit * 5) prints more of them.\n")
        }
    }
}
