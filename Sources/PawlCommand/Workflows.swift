import ArgumentParser
import PawlCore
import PawlStore

/// `pawl workflows`: what is defined, and who needs it.
struct Workflows: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "List workflows, their versions, and the runs of each.",
        discussion: """
            A version that is not current and has no runs can be removed: pawl undefine.

              pawl workflows
              pawl workflows --unused       what can be removed
            """
    )

    @Flag(help: "Only versions that are not current and have no runs.")
    var unused = false

    @OptionGroup var output: OutputOptions
    @OptionGroup var database: DatabaseOptions

    func run() async throws {
        let all = try await database.run { try $0.usedWorkflows() }
        let versions = all.filter { !unused || ($0.total == 0 && !$0.workflow.isCurrent) }
        if output.isJSON {
            Output.document(.array(versions.map(\.json)))
            return
        }
        var table = Table([
            .left("WORKFLOW"), .right("VERSION"), .left("DEFINED"), .right("LIVE"), .right("RUNS"),
            .left(""),
        ])
        for version in versions {
            let workflow = version.workflow
            table.add([
                Table.Cell(workflow.name, .bold), "\(workflow.version)", "\(workflow.at.local)",
                "\(version.live)", "\(version.total)",
                Table.Cell(workflow.isCurrent ? "current" : "", .green),
            ])
        }
        Output.raw(table.text(output.paint))
    }
}

extension UsedWorkflow {
    fileprivate var json: JSON {
        [
            "workflow": .string(workflow.name), "version": JSON(workflow.version),
            "is_current": .bool(workflow.isCurrent), "defined_at": JSON(workflow.at),
            "live_runs": JSON(live), "runs": JSON(total),
        ]
    }
}
