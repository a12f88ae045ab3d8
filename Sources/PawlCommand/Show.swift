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
            when it is due, or that no worker has a handler for it. Where it waits for somebody, it \
            says what to type; questions of runs that a step waits for are told, too.

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

    func run() async throws {
        let reference = run
        let report = try await database.run { session in
            guard let report = try RunReport(of: reference.find(in: session), in: session) else {
                throw Complaint.noRun(reference.text)
            }
            return report
        }
        if output.isJSON {
            Output.document(report.json)
        } else {
            Output.raw(text(report))
        }
    }

    private func text(_ report: RunReport) -> String {
        let paint = output.paint
        let head = report.head
        var text =
            paint("run \(head.id.text)", .bold) + "  \(head.workflow) version \(head.version)"
        text += "  " + paint(head.status.rawValue, head.status.style) + "\n"
        text += facts(report).text(paint)
        if head.status == .paused { text += "  go on with: pawl resume \(head.id.text)\n" }
        if report.canBeRetried {
            text += "  take it up again with: pawl retry \(head.id.text)\n"
        }
        text += present(report)

        text += "\n" + paint("history", .bold) + "\n"
        if report.events.isEmpty { text += "  nothing yet\n" }
        let transcript = Transcript(paint: paint, isFull: full)
        for event in report.events { text += transcript.line(event) + "\n" }
        return text
    }

    private func facts(_ report: RunReport) -> Table {
        let head = report.head
        var facts = Table([.left(""), .left("")])
        func fact(_ name: String, _ value: String?) {
            if let value { facts.add([Table.Cell("  " + name, .dim), "\(value)"]) }
        }
        func data(_ document: [UInt8]?) -> String {
            let text = JSON(document: document).description
            return full ? text : text.shortened(to: 200)
        }
        fact("enqueued", "\(head.created.local) (\((head.now - head.created).short) ago)")
        fact("part of", head.parent.map { "run \($0.text)" })
        fact("forked from", head.origin.map { "run \($0.text)" })
        if head.due > head.created { fact("due", head.due.local) }
        fact("deadline", head.deadline?.local)
        if let ended = head.ended {
            let took = (ended - max(head.created, head.due)).short
            fact("ended", "\(ended.local), after \(took)")
        }
        fact("queue", "\(head.queue), priority \(head.priority)")
        fact("key", head.key)
        if head.tenant != "default" { fact("tenant", head.tenant) }
        fact("input", data(report.input))
        if head.status == .completed { fact("output", data(report.output)) }
        if let (at, data) = report.halt {
            let who = (data["paused_by"] ?? data["cancelled_by"])?.stringValue
            let why = data["reason"]?.stringValue.map { ": \($0)" } ?? ""
            switch head.status {
            case .paused:
                let since = "\(at.local) (\((head.now - at).short) ago)"
                fact("paused", "since \(since) by \(who ?? "nobody")\(why)")
            case .cancelled: fact("cancelled", who.map { "by \($0)\(why)" })
            default:
                let message = data["message"]?.stringValue ?? data.description
                let words = (data["code"]?.stringValue.map { "\($0): " } ?? "") + message
                fact("failure", full ? words : words.shortened(to: 400))
            }
        }
        return facts
    }

    /// The live steps, and what to type where one of them waits for somebody.
    private func present(_ report: RunReport) -> String {
        guard !report.tasks.isEmpty else { return "" }
        let paint = output.paint
        let run = report.head.id
        var steps = Table([.left(""), .left(""), .left("")])
        var remarks = ""
        for task in report.tasks {
            let name = task.kind == .deadline ? "deadline" : task.step.description
            steps.add([
                "  \(name)", Table.Cell(task.status.rawValue, task.status.style),
                "\(task.reason)",
            ])
            if let name = task.signal {
                remarks += "  send it with: pawl signal \(run.text) \(name.shellWord) '{}'\n"
            }
        }
        for decision in report.decisions {
            if decision.run != run {
                let words = decision.question.words(decision.id, decision.assignee, decision.due)
                remarks +=
                    "  run \(decision.run.text) of workflow \"\(decision.workflow)\" waits at "
                remarks += "\(decision.step) for \(words)\n"
            }
            remarks += "  answer with: \(decision.command)\n"
        }
        return "\n" + paint("now", .bold) + "\n" + steps.text(paint) + remarks
    }
}

extension LiveTask {
    /// The name of the signal that the step waits for.
    fileprivate var signal: String? {
        guard case .awaiting(_, "signal", let subject, _, _) = situation else { return nil }
        return JSON(document: subject)["name"]?.stringValue
    }
}
