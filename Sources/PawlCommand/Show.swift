import ArgumentParser
import FoundationEssentials
import PawlCore
import PawlStore
import Postgres

/// `pawl show`: all there is to know about a run.
struct Show: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Print a run: where it stands, why, and its history.",
        discussion: """
            For each live step it says why it is not further: who executes it, what it waits for, \
            when it is due, or that no worker has a handler for it.

              pawl show 01998f3e-6c1a-7    the beginning of an id is enough
              pawl show 01998f3e-6c1a-7 --json | jq '.events[].kind'
            """
    )

    @Argument(help: "The run's id, or its beginning.")
    var run: RunReference

    @Flag(help: "Print data whole, however long it is.")
    var full = false

    @OptionGroup var output: OutputOptions
    @OptionGroup var database: DatabaseOptions

    private struct Report: Sendable {
        let head: RunHead
        let input: [UInt8]?
        let tasks: [LiveTask]
        let decisions: [OpenDecision]
        let events: [RecordedEvent]
    }

    func run() async throws {
        let report = try await read()
        if output.isJSON {
            Output.document([
                "run": report.head.json, "input": JSON(document: report.input),
                "tasks": .array(report.tasks.map(\.json)),
                "decisions": .array(report.decisions.map(\.json)),
                "events": .array(report.events.map(\.json)),
            ])
        } else {
            Output.raw(text(report))
        }
    }

    private func read() async throws -> Report {
        let reference = run
        return try await database.run { session in
            let id = try reference.find(in: session)
            guard let head = try session.run(id) else { throw Complaint.noRun(reference.text) }
            var events: [RecordedEvent] = []
            repeat {
                events += try session.events(of: id, after: events.last?.seq ?? 0, limit: 1_000)
            } while events.count % 1_000 == 0 && !events.isEmpty && events.last?.seq == events.count
            return Report(
                head: head,
                input: try session.input(of: id),
                tasks: try session.tasks(of: id),
                decisions: try session.openDecisions(of: id, limit: 100),
                events: events
            )
        }
    }

    private func text(_ report: Report) -> String {
        let paint = output.paint
        let head = report.head
        var text =
            paint("run \(head.id.text)", .bold) + "  \(head.workflow) version \(head.version)"
        text += "  " + paint(head.status.rawValue, head.status.style) + "\n"
        var facts = Table([.left(""), .left("")])
        func fact(_ name: String, _ value: String?) {
            if let value { facts.add([Table.Cell("  " + name, .dim), "\(value)"]) }
        }
        fact("enqueued", "\(head.created.local) (\((head.now - head.created).short) ago)")
        if head.due > head.created { fact("due", head.due.local) }
        fact("deadline", head.deadline?.local)
        if let ended = head.ended {
            let took = (ended - max(head.created, head.due)).short
            fact("ended", "\(ended.local), after \(took)")
        }
        fact("queue", "\(head.queue), priority \(head.priority)")
        fact("key", head.key)
        if head.tenant != "default" { fact("tenant", head.tenant) }
        let input = String(decoding: report.input ?? [], as: UTF8.self)
        fact("input", full ? input : input.shortened(to: 200))
        text += facts.text(paint)

        if !report.tasks.isEmpty {
            text += "\n" + paint("now", .bold) + "\n"
            var steps = Table([.left(""), .left(""), .left("")])
            for task in report.tasks {
                let name = task.kind == .deadline ? "deadline" : task.step.description
                steps.add([
                    "  \(name)", Table.Cell(task.status.rawValue, task.status.style),
                    "\(task.reason)",
                ])
            }
            text += steps.text(paint)
            for decision in report.decisions {
                let choice = Question(decision.subject).options.first ?? "CHOICE"
                text += "  answer with: pawl decide \(decision.id) \(choice)\n"
            }
        }

        text += "\n" + paint("history", .bold) + "\n"
        if report.events.isEmpty { text += "  nothing yet\n" }
        let transcript = Transcript(paint: paint, isFull: full)
        for event in report.events { text += transcript.line(event) + "\n" }
        return text
    }
}
