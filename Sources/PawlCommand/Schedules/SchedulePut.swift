public import ArgumentParser
import FoundationEssentials
import Pawl
public import PawlCore
import PawlStore
import Postgres

/// `pawl schedule put`: makes one, or changes it.
struct SchedulePut: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "put",
        abstract: "Make a schedule, or change the one of that name.",
        discussion: """
            What is not given is as in a new schedule. Only a change of its times sets it back to its \
            next slot.

              pawl schedule put morning --workflow report --spec "0 8 * * mon-fri" \
            --zone Europe/Berlin
              pawl schedule put poll --workflow poll --spec "@every 90s" --overlap skip
              pawl schedule put close --workflow close --spec "0 18 LW * ?" --except @holidays \
            --missed all
            """
    )

    @Argument(help: "The name of the schedule.")
    var name: String

    @Option(help: "The workflow that it starts.")
    var workflow: String

    @OptionGroup var times: TimetableOptions

    @Option(
        help: ArgumentHelp(
            "The input of its runs; {{tick.at}}, {{last.status}} and the like are known.",
            valueName: "json"
        )
    )
    var input = "{}"

    @Option(help: "Missed ticks: skip, latest (fire one), or all.")
    var missed = "latest"

    @Option(help: "With --missed all: so many of the newest are fired.")
    var missedLimit = 100

    @Option(help: "Skip ticks that are later than that, such as 10m.", transform: duration)
    var startDeadline: Duration?

    @Option(
        help: """
            While the run before has not ended: allow, skip, buffer_one, buffer_all, cancel or \
            terminate.
            """
    )
    var overlap = Overlap.allow

    @Option(help: "Let runs be due up to that much later.", transform: duration)
    var jitter: Duration?

    @Option(help: "End after so many ticks.")
    var maxFires: Int?

    @Option(help: "The queue of its runs.")
    var queue: String?

    @Option(help: "The priority of its runs, 0 (first) to 9.")
    var priority: Int?

    @Option(help: "The tenant of its runs.")
    var tenant = "default"

    @Option(help: "How long its runs may take.", transform: duration)
    var timeout: Duration?

    @Option(help: "What people should know.")
    var note: String?

    @Option(help: "The service that it belongs to.")
    var service = "default"

    @OptionGroup var database: DatabaseOptions

    func run() async throws {
        let schedule = try schedule()
        let service = service
        try await database.withClient { client in
            do {
                try await client.putSchedule(schedule, service: service)
            } catch let problem as ScheduleProblem {
                throw Complaint("\(problem)")
            } catch let error as PostgresError where error.sqlState == .foreignKeyViolation {
                throw Complaint(
                    "workflow \"\(schedule.workflow)\" is not defined",
                    hint: "pawl define --list prints the defined ones",
                    exit: .notFound
                )
            } catch let error as PostgresError where error.sqlState == .checkViolation {
                // A constraint is named by what it wants.
                let rule = error.constraint?.replacing("_", with: " ") ?? error.message
                throw Complaint("schedule \"\(schedule.name)\" is refused: \(rule)")
            }
        }
        let next = try await database.run { try $0.schedules(named: schedule.name).first?.nextAt }
        Output.line("schedule \(name): next at \(next?.local ?? "no time")")
    }

    private func schedule() throws -> Schedule {
        var schedule = Schedule(name, workflow: workflow, spec: times.spec, zone: times.zone)
        do {
            schedule.input = try JSON(parsing: Array(input.utf8))
        } catch {
            throw Complaint("the input is not JSON: \(error)")
        }
        times.apply(to: &schedule)
        switch missed {
        case "skip": schedule.missed = .skip
        case "latest": schedule.missed = .latest
        case "all": schedule.missed = .all(missedLimit)
        default: throw ValidationError("--missed is skip, latest or all")
        }
        schedule.startDeadline = startDeadline
        schedule.overlap = overlap
        schedule.jitter = jitter ?? .zero
        schedule.maximumFires = maxFires
        schedule.queue = queue
        schedule.priority = priority
        schedule.tenant = tenant
        schedule.timeout = timeout
        schedule.note = note
        return schedule
    }
}

/// When a schedule is due.
struct TimetableOptions: ParsableArguments {
    @Option(
        help: """
            When: five or six cron fields, @hourly and the like, "@every 90s", or \
            "@at 2026-05-01T08:00".
            """
    )
    var spec: String

    @OptionGroup var clock: ClockOptions

    var zone: String { clock.zone }

    func apply(to schedule: inout Schedule) { clock.apply(to: &schedule) }
}

/// What a spec is read by: a zone, days, and what becomes of times that clocks skip or repeat.
struct ClockOptions: ParsableArguments {
    @Option(help: "The time zone of the spec, such as Europe/Berlin.")
    var zone = "UTC"

    @Option(help: "A time that the clock leaves out: after (fire when it has passed) or skip.")
    var missing = MissingTime.after

    @Option(help: "A time that the clock shows twice: first, second or both.")
    var repeated = RepeatedTime.first

    @Option(
        parsing: .singleValue,
        help: ArgumentHelp(
            "Only on such days: 2026-12-25, 12-24..12-31, mon..fri, @calendar; may be repeated.",
            valueName: "days"
        )
    )
    var only: [String] = []

    @Option(
        parsing: .singleValue,
        help: ArgumentHelp("Not on such days; may be repeated.", valueName: "days")
    )
    var except: [String] = []

    @Option(help: ArgumentHelp("From then on.", valueName: "instant"), transform: instant)
    var starts: Instant?

    @Option(help: ArgumentHelp("Until then.", valueName: "instant"), transform: instant)
    var ends: Instant?

    func apply(to schedule: inout Schedule) {
        schedule.missingTime = missing
        schedule.repeatedTime = repeated
        schedule.onlyDays = only
        schedule.exceptDays = except
        schedule.starts = starts.map { Date($0) }
        schedule.ends = ends.map { Date($0) }
    }
}

/// Reads an instant in an argument: `2026-01-31T09:00:00Z`, or a date.
func instant(_ argument: String) throws -> Instant {
    guard let moment = Moment(text: argument) else {
        throw ValidationError(
            "\"\(argument)\" is no instant; write 2026-01-31T09:00:00Z, or 2026-01-31"
        )
    }
    return Instant(microsecondsSince1970: moment.microseconds)
}

extension Overlap: ExpressibleByArgument {}
extension MissingTime: ExpressibleByArgument {}
extension RepeatedTime: ExpressibleByArgument {}
