import ArgumentParser
import PawlCore
import PawlStore
import Postgres

/// `pawl schedule list`: what there is.
struct ScheduleList: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "List the schedules, with their last and next runs."
    )

    @Option(help: "Only those of that service.")
    var service: String?

    @OptionGroup var output: OutputOptions
    @OptionGroup var database: DatabaseOptions

    func run() async throws {
        let schedules = try await database.run { try $0.schedules() }
            .filter { service == nil || $0.service == service }
        if output.isJSON {
            Output.document(.array(schedules.map(\.json)))
            return
        }
        var table = Table([
            .left("SCHEDULE"), .left("WORKFLOW"), .left("SPEC"), .left("ZONE"), .left("LAST"),
            .left("STATUS"), .left("NEXT"), .left("REMARK"),
        ])
        for record in schedules {
            let next = record.isEnabled ? record.nextAt?.local ?? "" : ""
            table.add([
                Table.Cell(record.name, .bold), "\(record.schedule.workflow)",
                "\(record.schedule.spec)", "\(record.schedule.zone)",
                "\(record.lastTick?.local ?? "")", record.lastStatus, "\(next)", record.remark,
            ])
        }
        Output.raw(table.text(output.paint))
    }
}
