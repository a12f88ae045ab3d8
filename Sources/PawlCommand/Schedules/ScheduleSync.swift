import ArgumentParser
import Pawl
import PawlCore

/// `pawl schedule sync`: the schedules of a service, and no others.
struct ScheduleSync: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sync",
        abstract: "Make the schedules of a service be those of a file.",
        discussion: """
            The file is a list, in JSON or YAML, of objects with the columns of pawl.schedule: name, \
            workflow and spec, and zone, input, missed, overlap and so on if wanted. Schedules of the \
            service that are not in it are removed; those of other services stay.

              pawl schedule sync schedules.yaml --service billing
            """
    )

    @Argument(help: "The file; - is standard input.", completion: .file())
    var file: String

    @Option(help: "The service.")
    var service: String

    @OptionGroup var database: DatabaseOptions

    func run() async throws {
        guard let list = try DefinitionFile(path: file).json().arrayValue else {
            throw Complaint("\(file) is no list of schedules")
        }
        var schedules: [Schedule] = []
        for (index, entry) in list.enumerated() {
            do {
                schedules.append(try Schedule(json: entry))
            } catch {
                throw Complaint("\(file): schedule \(index + 1): \(error)")
            }
        }
        let (declared, service) = (schedules, service)
        let removed = try await database.withClient { client in
            do {
                return try await client.synchronizeSchedules(declared, of: service)
            } catch let problem as ScheduleProblem {
                throw Complaint("\(problem)")
            }
        }
        Output.line(
            "service \(service) has \(schedules.count.counted("schedule", "schedules"))"
                + (removed.isEmpty ? "" : "; removed \(removed.joined(separator: ", "))")
        )
    }
}
