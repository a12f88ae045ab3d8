import ArgumentParser
import PawlCore
import PawlStore
import Postgres

/// `pawl schedule`: the rules that start runs.
struct Schedule: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Make, list, pause and preview schedules.",
        discussion: """
            A schedule starts a run of a workflow at the times of a cron spec in a time zone. A \
            scheduler must run: "pawl scheduler", or the one of "pawl dev".

              pawl schedule preview "0 8 * * mon-fri" --zone Europe/Berlin
              pawl schedule put morning --workflow report --spec "0 8 * * *" --zone UTC
              pawl schedule list
            """,
        subcommands: [
            List.self, Put.self, Remove.self, Pause.self, Resume.self, Preview.self,
        ],
        defaultSubcommand: List.self
    )

    /// `pawl schedule list`: what there is.
    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "List the schedules.")

        @OptionGroup var output: OutputOptions
        @OptionGroup var database: DatabaseOptions

        func run() async throws {
            let schedules = try await database.run { try $0.schedules() }
            if output.isJSON {
                Output.document(.array(schedules.map(\.json)))
                return
            }
            var table = Table([
                .left("SCHEDULE"), .left("WORKFLOW"), .left("SPEC"), .left("ZONE"), .left("LAST"),
                .left("NEXT"), .left("REMARK"),
            ])
            for schedule in schedules {
                let next = schedule.isEnabled ? schedule.nextAt?.local ?? "" : ""
                let remark: Table.Cell =
                    if let problem = schedule.problem {
                        Table.Cell(problem, .red)
                    } else if !schedule.isEnabled {
                        Table.Cell("paused", .yellow)
                    } else {
                        ""
                    }
                table.add([
                    Table.Cell(schedule.name, .bold), "\(schedule.workflow)", "\(schedule.spec)",
                    "\(schedule.zone)", "\(schedule.lastTick?.local ?? "")", "\(next)", remark,
                ])
            }
            Output.raw(table.text(output.paint))
        }
    }

    /// `pawl schedule put`: makes one, or changes it.
    struct Put: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Make a schedule, or change the one of that name."
        )

        @Argument(help: "The name of the schedule.")
        var name: String

        @Option(help: "The workflow that it starts.")
        var workflow: String

        @Option(help: "When: five cron fields, or @hourly and the like.")
        var spec: String

        @Option(help: "The time zone of the spec, such as Europe/Berlin.")
        var zone = "UTC"

        @Option(help: ArgumentHelp("The input of its runs.", valueName: "json"))
        var input = "{}"

        @OptionGroup var database: DatabaseOptions

        func run() async throws {
            // Checked here, where somebody reads it; a scheduler could only note the problem.
            let ticks = try Ticks(spec, zone)
            let text: [UInt8]
            do {
                text = try JSON(parsing: Array(input.utf8)).serialized()
            } catch {
                throw Complaint("the input is not JSON: \(error)")
            }
            let (name, workflow, spec, zone) = (name, workflow, spec, zone)
            let now = try await database.run { session in
                guard try session.definitionText(of: workflow) != nil else {
                    throw Complaint(
                        "workflow \"\(workflow)\" is not defined",
                        hint: "pawl define --list prints the defined ones",
                        exit: .notFound
                    )
                }
                try session.putSchedule(
                    name,
                    workflow: workflow,
                    spec: spec,
                    zone: zone,
                    input: text
                )
                return try session.now()
            }
            let next = ticks.following(now, count: 1).first
            Output.line("schedule \(name): next at \(next?.local ?? "no time")")
        }
    }

    /// `pawl schedule remove`: the end of one.
    struct Remove: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Remove a schedule; the runs that it started stay."
        )

        @Argument(help: "The name of the schedule.")
        var name: String

        @OptionGroup var database: DatabaseOptions

        func run() async throws {
            let name = name
            guard try await database.run({ try $0.removeSchedule(name) }) else {
                throw Complaint.noSchedule(name)
            }
            Output.line("removed schedule \(name)")
        }
    }

    /// `pawl schedule pause`: a rest for one.
    struct Pause: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Let a schedule start nothing until it is resumed."
        )

        @Argument(help: "The name of the schedule.")
        var name: String

        @OptionGroup var database: DatabaseOptions

        func run() async throws {
            let name = name
            guard try await database.run({ try $0.setSchedule(name, enabled: false) }) else {
                throw Complaint.noSchedule(name)
            }
            Output.line("paused schedule \(name)")
        }
    }

    /// `pawl schedule resume`: the end of the rest.
    struct Resume: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Let a paused schedule go on; what it missed is not made up for."
        )

        @Argument(help: "The name of the schedule.")
        var name: String

        @OptionGroup var database: DatabaseOptions

        func run() async throws {
            let name = name
            guard try await database.run({ try $0.setSchedule(name, enabled: true) }) else {
                throw Complaint.noSchedule(name)
            }
            Output.line("resumed schedule \(name)")
        }
    }

    /// `pawl schedule preview`: when a spec is due.
    struct Preview: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Print when a spec is due; it needs no database."
        )

        @Argument(help: "Five cron fields, or @hourly and the like.")
        var spec: String

        @Option(help: "The time zone, such as Europe/Berlin.")
        var zone = "UTC"

        @Option(help: "How many times to print.")
        var count = 5

        @OptionGroup var output: OutputOptions

        func run() throws {
            let ticks = try Ticks(spec, zone).following(Instant.now(), count: count)
            if output.isJSON {
                Output.document(.array(ticks.map { JSON($0) }))
            } else {
                for tick in ticks { Output.line("\(tick.local)   \(tick)") }
            }
        }
    }
}
