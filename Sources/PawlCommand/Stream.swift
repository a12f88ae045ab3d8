import ArgumentParser
import FoundationEssentials
import Pawl
import PawlCore
import PawlStore
import Postgres

/// `pawl stream`: follows a run, an item a line.
struct Stream: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Follow a run: one JSON document a line for all that happens.",
        discussion: """
            The items are made from the run's history: values (all outputs, after each step), \
            updates (what a step gave), lifecycle (that steps begin and end) and custom (what \
            handlers emit). Each has the number of its event; a reader that was interrupted goes on \
            after the last one it saw.

              pawl stream 01998f3e-6c1a-7
              pawl stream 01998f3e-6c1a-7 --modes lifecycle,custom --after 17
              pawl stream 01998f3e-6c1a-7 --until waiting
            """
    )

    @Argument(help: "The run's id, or its beginning.")
    var run: RunReference

    @Option(
        help: ArgumentHelp(
            "Which items, separated by commas.",
            valueName: "modes"
        )
    )
    var modes = "updates"

    @Option(help: ArgumentHelp("Only what comes after that event.", valueName: "number"))
    var after: Int?

    @Option(
        help: ArgumentHelp(
            "When to end: run, waiting (it waits for something) or recorded (now).",
            valueName: "when"
        )
    )
    var until = "run"

    @OptionGroup var database: DatabaseOptions

    func validate() throws {
        if chosen.count != modes.split(separator: ",").count {
            throw ValidationError("modes are values, updates, lifecycle and custom")
        }
        if end == nil { throw ValidationError("--until is run, waiting or recorded") }
    }

    private var chosen: Set<StreamMode> {
        Set(modes.split(separator: ",").compactMap { StreamMode(rawValue: String($0)) })
    }

    private var end: Client.StreamEnd? {
        switch until {
        case "run": .run
        case "waiting": .waiting
        case "recorded": .recorded
        default: nil
        }
    }

    func run() async throws {
        let reference = run
        let id = try await database.run { try reference.find(in: $0) }
        let pool = Pool(try database.configuration())
        let items = Client(pool).stream(id, modes: chosen, after: after ?? -1, until: end ?? .run)
        do {
            for try await item in items { Output.document(item.json) }
        } catch {
            await pool.close()
            throw error
        }
        await pool.close()
    }
}
