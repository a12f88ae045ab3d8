import ArgumentParser
import Pawl
import PawlCore
import PawlStore
import Postgres

/// `pawl schedule preview`: when a spec is due.
struct SchedulePreview: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "preview",
        abstract: "Print when a spec is due; it needs no database.",
        discussion: """
            Each line has the time in the zone with its offset from UTC, the instant in UTC, and what \
            clocks that are put forward or back have to do with it.

              pawl schedule preview "30 2 * * *" --zone Europe/Berlin --after 2026-03-27 --count 4
              pawl schedule preview "@every 90s" --json
            """
    )

    @Argument(help: "Cron fields, @hourly and the like, \"@every 90s\", or \"@at …\".")
    var spec: String

    @OptionGroup var clock: ClockOptions

    @Option(
        help: ArgumentHelp("Only what is after that. (default: now)", valueName: "instant"),
        transform: instant
    )
    var after: Instant?

    @Option(help: "How many times to print.")
    var count = 5

    @OptionGroup var output: OutputOptions

    func validate() throws {
        guard (0...100_000).contains(count) else {
            throw ValidationError("--count is 0 to 100000")
        }
    }

    func run() throws {
        let timetable = try Timetable(spec, clock)
        let start = (after ?? Instant.now()).microsecondsSince1970
        let ticks = timetable.preview(
            after: (start - (start % 1_000_000 < 0 ? 1_000_000 : 0)) / 1_000_000,
            count: count
        )
        if output.isJSON {
            Output.document(.array(ticks.map(\.json)))
            return
        }
        if ticks.isEmpty, count > 0 { Output.note("it is not due any more\n") }
        for tick in ticks {
            let remark = tick.remark.map { "   " + output.paint("\($0)", .yellow) } ?? ""
            Output.line("\(tick.text)   \(tick.instant.text)\(remark)")
        }
    }
}

/// `pawl schedule explain`: a spec in words.
struct ScheduleExplain: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "explain",
        abstract: "Say in words when a spec is due; it needs no database.",
        discussion: """
              pawl schedule explain "0 18 LW * ?" --zone Europe/Berlin
            """
    )

    @Argument(help: "Cron fields, @hourly and the like, \"@every 90s\", or \"@at …\".")
    var spec: String

    @OptionGroup var clock: ClockOptions
    @OptionGroup var output: OutputOptions

    func run() throws {
        let text = try Timetable(spec, clock).explanation
        if output.isJSON {
            Output.document(["spec": .string(spec), "explanation": .string(text)])
        } else {
            Output.line(text)
        }
    }
}

extension Timetable {
    /// Reads what the command line says of a time.
    fileprivate init(_ spec: String, _ clock: ClockOptions) throws {
        var schedule = Schedule("preview", workflow: "", spec: spec, zone: clock.zone)
        clock.apply(to: &schedule)
        if let calendar = schedule.timetable.calendars.min() {
            throw Complaint(
                "calendar \"\(calendar)\" is in a database, which this does not ask",
                hint: "give its days, or look at the schedule: pawl schedule show NAME"
            )
        }
        do {
            try self.init(reading: schedule.timetable)
        } catch {
            throw Complaint("\(error)")
        }
    }
}

extension TickPreview {
    fileprivate var instant: Instant { Instant(microsecondsSince1970: tick * 1_000_000) }

    fileprivate var json: JSON {
        [
            "at": .string(instant.text), "local": .string(text), "offset_seconds": .integer(offset),
            "remark": JSON(remark?.description),
        ]
    }
}
