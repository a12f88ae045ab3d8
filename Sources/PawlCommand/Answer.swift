import ArgumentParser
import FoundationEssentials
import Pawl
import PawlCore
import PawlStore
import Postgres

/// `pawl answer`: ends a waiting step with an output of one's own.
struct Answer: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "End a step that waits for an answer with an output of your own.",
        discussion: """
            The output is what the step gives, whatever it asked, so that the edges after it see what \
            they test. One from which no edge leads on is refused, and the run waits on. pawl decide \
            takes one of the choices instead.

              pawl answer 01998f3e-6c1a-7 review '{"action": "approve"}'
            """
    )

    @Argument(help: "The run's id, or its beginning.")
    var run: RunReference

    @Argument(help: "The step's path, or its node.")
    var step: String

    @Argument(help: "What the step gives, as JSON; - reads it.")
    var result: String

    @Option(help: ArgumentHelp("Who answers.", valueName: "name"))
    var by = UserName.current

    @OptionGroup var output: OutputOptions
    @OptionGroup var database: DatabaseOptions

    func run() async throws {
        let answer = try JSON(
            argument: result == "-"
                ? String(decoding: TextFile.read("-"), as: UTF8.self) : result
        )
        let reference = run
        let id = try await database.run { try reference.find(in: $0) }
        let pool = Pool(try database.configuration())
        do {
            try await Client(pool).answer(step, of: id, with: answer, by: by)
        } catch {
            await pool.close()
            guard let refusal = error as? Failure else { throw error }
            throw Complaint(
                refusal.message,
                hint: "the run waits on; pawl diagram \(id.text) shows the edges of the step"
            )
        }
        await pool.close()
        let status = try await database.run { try $0.status(of: id) }
        if output.isJSON {
            Output.document([
                "run_id": .string(id.text), "step": .string(step),
                "run_status": JSON(status?.rawValue),
            ])
        } else {
            Output.line("answered \(step); \(status.whatFollows(for: id))")
        }
    }
}
