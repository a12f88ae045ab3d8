import ArgumentParser
import FoundationEssentials
import PawlCore
import PawlStore
import Postgres

/// `pawl decide`: the inbox of questions, and their answers.
struct Decide: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Answer a question that a run waits for, or list the open ones.",
        discussion: """
            A question is named by its number, or by its run if that has only one open. The first \
            answer counts: a second one fails, and says what the first was.

              pawl decide --list
              pawl decide 3 approve --reasoning "looks fine to me"
              pawl decide 01998f3e-6c1a-7 reject --data '{"missing": ["tests"]}' --by alice
            """
    )

    @Argument(
        help: "The decision's number, or the run's id or its beginning."
    )
    var question: String?

    @Argument(help: "The choice.")
    var choice: String?

    @Flag(help: "List the open questions, oldest first.")
    var list = false

    @Option(help: ArgumentHelp("Why.", valueName: "text"))
    var reasoning: String?

    @Option(help: ArgumentHelp("More of an answer, as JSON; - reads it.", valueName: "json"))
    var data: String?

    @Option(help: ArgumentHelp("Who answers. (default: you)", valueName: "name"))
    var by = UserName.current

    @Option(help: "With --list: at most so many.")
    var limit = 100

    @OptionGroup var output: OutputOptions
    @OptionGroup var database: DatabaseOptions

    func validate() throws {
        if list {
            guard question == nil else { throw ValidationError("--list takes no arguments") }
        } else if question == nil {
            throw ValidationError("name a question and a choice, or use --list")
        } else if choice == nil {
            throw ValidationError("name a choice; pawl decide --list prints what there is")
        }
    }

    func run() async throws {
        guard let question, let choice else {
            try await printInbox()
            return
        }
        let answer = try data.map { text in
            do {
                return try JSON(parsing: text == "-" ? TextFile.read("-") : Array(text.utf8))
                    .serialized()
            } catch {
                throw Complaint("the data is not JSON: \(error)")
            }
        }
        let (reasoning, by) = (reasoning, by)
        let (decision, run) = try await database.run { session in
            let decision = try Self.find(question, in: session)
            let run = try session.decide(
                decision,
                choice: choice,
                reasoning: reasoning,
                data: answer,
                by: by
            )
            return (decision, run)
        }
        if output.isJSON {
            Output.document([
                "decision_id": .integer(decision), "run_id": .string(run.text),
                "choice": .string(choice),
            ])
        } else {
            Output.line("decided: \(choice); run \(run.text) goes on")
        }
    }

    private static func find(_ question: String, in session: Session) throws -> Int64 {
        // The numbers of decisions are short, and ids of runs are given at least to the minute.
        if question.count < 8, let number = Int64(question) { return number }
        guard let reference = RunReference(argument: question) else {
            throw Complaint("\"\(question)\" names neither a decision nor a run", exit: .notFound)
        }
        let run = try reference.find(in: session)
        let open = try session.openDecisions(of: run, limit: 100)
        guard let only = open.first else {
            throw Complaint(
                "run \(run.text) waits for no decision",
                hint: "pawl show \(run.text)",
                exit: .notFound
            )
        }
        guard open.count == 1 else {
            let numbers = open.map { "\($0.id) (\($0.step))" }.joined(separator: ", ")
            throw Complaint(
                "run \(run.text) waits for several decisions",
                hint: "name one by its number: \(numbers)"
            )
        }
        return only.id
    }

    private func printInbox() async throws {
        let limit = limit
        let open = try await database.run { try $0.openDecisions(limit: limit) }
        if output.isJSON {
            Output.document(.array(open.map(\.json)))
            return
        }
        var table = Table([
            .right("DECISION"), .left("WORKFLOW"), .left("KEY"), .left("STEP"), .left("ASKED"),
            .left("DUE"), .left("OF"), .left("CHOICES"), .left("QUESTION"),
        ])
        for decision in open {
            let question = Question(decision.subject)
            let left = decision.due.map { "in \(($0 - decision.now).short)" } ?? ""
            table.add([
                Table.Cell("\(decision.id)", .bold), "\(decision.workflow)",
                "\(decision.key ?? "")", "\(decision.step)",
                "\((decision.now - decision.created).short) ago", "\(left)",
                "\(decision.assignee ?? "")", "\(question.options.joined(separator: " | "))",
                "\((question.prompt ?? "").shortened(to: 80))",
            ])
        }
        Output.raw(table.text(output.paint))
    }
}
