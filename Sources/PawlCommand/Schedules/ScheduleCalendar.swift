import ArgumentParser
import PawlCore
import PawlStore
import Postgres

/// `pawl schedule calendar`: sets of days that schedules share.
struct ScheduleCalendar: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "calendar",
        abstract: "Make, list and remove calendars: sets of days that schedules share.",
        discussion: """
            Schedules name one as @NAME. A change of it holds for all of them at once.

              pawl schedule calendar holidays 2026-12-24..2027-01-01 05-01
              pawl schedule put close --workflow close --spec "0 18 LW * ?" --except @holidays
              pawl schedule calendar --list
            """
    )

    @Argument(help: "The name.")
    var name: String?

    @Argument(help: "Days: 2026-12-25, 2026-12-24..2027-01-01, 12-25, sat, mon..fri.")
    var days: [String] = []

    @Flag(help: "List the calendars.")
    var list = false

    @Flag(help: "Remove the calendar.")
    var remove = false

    @OptionGroup var output: OutputOptions
    @OptionGroup var database: DatabaseOptions

    func validate() throws {
        if list ? name != nil : name == nil || days.isEmpty != remove {
            throw ValidationError("give a name and days, a name and --remove, or --list")
        }
    }

    func run() async throws {
        guard let name else { return try await print() }
        if remove {
            guard try await database.run({ try $0.removeCalendar(name) }) else {
                throw Complaint("calendar \"\(name)\" does not exist", exit: .notFound)
            }
            Output.line("removed calendar \(name)")
            return
        }
        do {
            _ = try DaySet(reading: days)
        } catch {
            throw Complaint("\(error)")
        }
        let days = days
        try await database.run { try $0.putCalendar(name, days: days) }
        Output.line("calendar \(name) has \(days.count.counted("entry", "entries"))")
    }

    private func print() async throws {
        let calendars = try await database.run { try $0.calendars() }.sorted { $0.key < $1.key }
        if output.isJSON {
            Output.document(
                .object(
                    Dictionary(
                        uniqueKeysWithValues: calendars.map {
                            ($0.key, .array($0.value.map(JSON.string)))
                        }
                    )
                )
            )
            return
        }
        for (name, days) in calendars { Output.line("\(name): \(days.joined(separator: ", "))") }
    }
}
