import ArgumentParser
import FoundationEssentials
import PawlStore
import Postgres

/// `pawl schedule remove`: the end of one.
struct ScheduleRemove: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "remove",
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
struct SchedulePause: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "pause",
        abstract: "Let a schedule start nothing until it is resumed."
    )

    @Argument(help: "The name of the schedule.")
    var name: String

    @Option(help: "Why.")
    var note: String?

    @OptionGroup var database: DatabaseOptions

    func run() async throws {
        let (name, note) = (name, note)
        guard
            try await database.run({ try $0.setSchedule(name, enabled: false, note: note) })
        else { throw Complaint.noSchedule(name) }
        Output.line("paused schedule \(name)")
    }
}

/// `pawl schedule resume`: the end of the rest.
struct ScheduleResume: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "resume",
        abstract: "Let a paused schedule go on; what it missed is not made up for."
    )

    @Argument(help: "The name of the schedule.")
    var name: String

    @Option(help: "What people should know.")
    var note: String?

    @OptionGroup var database: DatabaseOptions

    func run() async throws {
        let (name, note) = (name, note)
        guard
            try await database.run({ try $0.setSchedule(name, enabled: true, note: note) })
        else { throw Complaint.noSchedule(name) }
        Output.line("resumed schedule \(name)")
    }
}

/// `pawl schedule trigger`: a run now.
struct ScheduleTrigger: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "trigger",
        abstract: "Fire a schedule now, also a paused one.",
        discussion: "What its overlap policy says holds for this run, too."
    )

    @Argument(help: "The name of the schedule.")
    var name: String

    @OptionGroup var database: DatabaseOptions

    func run() async throws {
        let name = name
        let tick = try await database.run { session in
            guard try !session.schedules(named: name).isEmpty else {
                throw Complaint.noSchedule(name)
            }
            return try session.triggerSchedule(name)
        }
        Output.line("triggered schedule \(name) as of \(tick)")
    }
}

/// `pawl schedule backfill`: the ticks of a time that has passed.
struct ScheduleBackfill: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "backfill",
        abstract: "Fire the ticks of a range that were not fired.",
        discussion: """
            Ticks that were skipped are fired, too. Where runs may not overlap they go one after the \
            other. It stands still while the schedule is paused; pawl schedule show tells how far \
            it is.

              pawl schedule backfill nightly --from 2026-03-01 --to 2026-03-08
              pawl schedule backfill nightly --cancel
            """
    )

    @Argument(help: "The name of the schedule.")
    var name: String

    @Option(
        name: .customLong("from"),
        help: ArgumentHelp("The beginning.", valueName: "instant"),
        transform: instant
    )
    var start: Instant?

    @Option(
        name: .customLong("to"),
        help: ArgumentHelp("The end, which is not in it. (default: now)", valueName: "instant"),
        transform: instant
    )
    var end: Instant?

    @Option(help: "End after so many ticks.")
    var most = 10_000

    @Flag(help: "End what is under way; ticks that wait for their turn stay.")
    var cancel = false

    @OptionGroup var database: DatabaseOptions

    func validate() throws {
        if cancel ? start != nil || end != nil : start == nil {
            throw ValidationError("give --from, or --cancel")
        }
    }

    func run() async throws {
        let (name, start, end, most) = (name, start, end, most)
        let cancelled = try await database.run { session in
            guard try !session.schedules(named: name).isEmpty else {
                throw Complaint.noSchedule(name)
            }
            guard let start else { return try session.cancelBackfills(of: name) }
            let end = try end ?? session.now()
            try session.backfillSchedule(
                name,
                from: start,
                to: end,
                most: most,
                by: UserName.current
            )
            return 0
        }
        Output.line(
            start == nil
                ? "cancelled \(cancelled.counted("backfill", "backfills")) of schedule \(name)"
                : "schedule \(name) will be filled; pawl schedule show \(name) tells how far it is"
        )
    }
}
