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
            A question is named by its number, or by its run if that waits for only one: a question \
            of its own, or of a run that one of its steps waits for. The first answer counts: a \
            second one fails, and says what the first was.

              pawl decide --list
              pawl decide 3 approve --reasoning "looks fine to me"
              pawl decide 01998f3e-6c1a-7 reject --data '{"missing": ["tests"]}' --by alice

            The step gives {"choice", "reasoning", "data", "resolved_by"}. A graph that wants another \
            output, such as RoomKit's, which test review.output.action, is answered with that: \
            pawl answer.
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

    @Option(help: ArgumentHelp("Who answers.", valueName: "name"))
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
        let (decision, run, status) = try await database.run { session in
            let decision = try Self.find(question, in: session)
            do {
                let run = try session.decide(
                    decision,
                    choice: choice,
                    reasoning: reasoning,
                    data: answer,
                    by: by
                )
                return (decision, run, try session.status(of: run))
            } catch let error as PostgresError where error.sqlState == "55000" {
                // Its run may have ended since, which is said first.
                throw try session.decision(decision)?.complaint(decision) ?? Complaint(error)
            }
        }
        if output.isJSON {
            Output.document([
                "decision_id": .integer(decision), "run_id": .string(run.text),
                "choice": .string(choice), "run_status": JSON(status?.rawValue),
            ])
        } else {
            Output.line("decided: \(choice); \(status.whatFollows(for: run))")
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
            let places = open.map { decision in
                let place = decision.run == run ? "" : " of run \(decision.run.text)"
                return "\n  pawl decide \(decision.id) …  at \(decision.step)\(place)"
            }
            throw Complaint(
                "run \(run.text) waits for several decisions",
                detail: places.joined(),
                hint: "name one by its number"
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
            .right("DECISION"), .left("RUN"), .left("WORKFLOW"), .left("KEY"), .left("STEP"),
            .left("ASKED"), .left("DUE"), .left("OF"), .left("CHOICES"), .left("QUESTION"),
        ])
        for decision in open {
            let question = decision.question
            let left = decision.due.map { "in \(($0 - decision.now).short)" } ?? ""
            let isOwn = decision.root.run == decision.run
            table.add([
                Table.Cell("\(decision.id)", .bold), "\(decision.root.run.text)",
                "\(decision.root.workflow)\(isOwn ? "" : " > \(decision.workflow)")",
                "\(decision.root.key ?? "")", "\(decision.step)",
                "\((decision.now - decision.created).short) ago", "\(left)",
                "\(decision.assignee ?? "")", "\(question.options.joined(separator: " | "))",
                "\((question.prompt ?? "").shortened(to: 80))",
            ])
        }
        Output.raw(table.text(output.paint))
    }
}

extension RunStatus? {
    /// What becomes of a run of which a question was answered.
    func whatFollows(for run: UUID) -> String {
        self == .paused
            ? "run \(run.text) is paused, and goes on when it is resumed: pawl resume \(run.text)"
            : "run \(run.text) goes on"
    }
}

extension KnownDecision {
    /// Why it cannot be answered; `nil` if it is open.
    fileprivate func complaint(_ number: Int64) -> Complaint? {
        guard status != "open" else { return nil }
        let answer = choice.map { "\"\($0)\"" } ?? output.map { JSON(document: $0).description }
        let taken = status == "expired" ? "Nobody answered in time" : nil
        let first = answer.map { answer in
            taken.map { "\($0); \(answer) was taken instead" }
                ?? "It was \(answer)" + (decider.map { ", by \($0)" } ?? "")
        }
        let time = closed.map { ", at \($0.local)." } ?? "."
        return Complaint(
            "decision \(number) is already \(status)",
            detail: (first ?? taken).map { $0 + time },
            hint: status == "cancelled"
                ? "its run has ended, or its step was passed over: pawl show \(run.text)"
                : "the first answer counts"
        )
    }
}
