import ArgumentParser
import PawlCore
import PawlStore
import Postgres

/// `pawl schedule show`: one schedule, in words, and what became of its ticks.
struct ScheduleShow: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show",
        abstract: "Print a schedule: when it is due, and what became of its latest ticks."
    )

    @Argument(help: "The name of the schedule.")
    var name: String

    @Option(help: "How many ticks to print.")
    var ticks = 10

    @OptionGroup var output: OutputOptions
    @OptionGroup var database: DatabaseOptions

    func validate() throws {
        guard (0...10_000).contains(ticks) else { throw ValidationError("--ticks is 0 to 10000") }
    }

    func run() async throws {
        let (name, ticks) = (name, ticks)
        let (found, calendars, records, fills) = try await database.run { session in
            (
                try session.schedules(named: name).first, try session.calendars(),
                try session.ticks(of: name, limit: ticks), try session.backfills(of: name)
            )
        }
        guard let found else { throw Complaint.noSchedule(name) }
        let explanation = explain(found, calendars)
        if output.isJSON {
            var document = found.json.objectValue ?? [:]
            document["explanation"] = .string(explanation)
            document["ticks"] = .array(records.map(\.json))
            document["backfills"] = .array(
                fills.map {
                    ["since": JSON($0.start), "until": JSON($0.end), "most": JSON($0.most)]
                }
            )
            Output.document(.object(document))
            return
        }
        Output.line("\(name): runs \(found.schedule.workflow) \(explanation)")
        if let next = found.nextAt, found.isEnabled, next != .infinity {
            Output.line("next: \(next.local)")
        }
        for fill in fills {
            Output.line(
                "to be filled: \(fill.start.local) to \(fill.end.local), \(fill.most) ticks at most"
            )
        }
        let remark = found.remark
        if !remark.text.isEmpty { Output.line(output.paint(remark.text, remark.style)) }
        guard !records.isEmpty else { return }
        Output.line("")
        var table = Table([
            .left("TICK"), .left("OUTCOME"), .left("CAUSE"), .left("RUN"), .left("STATUS"),
            .left("REASON"),
        ])
        for record in records {
            table.add([
                "\(record.tick.local)", "\(record.outcome.rawValue)", "\(record.cause.rawValue)",
                "\(record.run?.text ?? "")",
                record.status.map { Table.Cell($0.rawValue, $0.style) } ?? "",
                "\(record.reason ?? "")",
            ])
        }
        Output.raw(table.text(output.paint))
    }

    private func explain(_ record: ScheduleRecord, _ calendars: [String: [String]]) -> String {
        do {
            let text = try record.schedule.timetable.resolved(with: calendars)
            return try Timetable(reading: text).explanation
        } catch {
            return "never: \(error)"
        }
    }
}

extension TickRecord {
    var json: JSON {
        [
            "tick": JSON(tick), "outcome": .string(outcome.rawValue),
            "cause": .string(cause.rawValue), "run_id": JSON(run?.text),
            "run_status": JSON(status?.rawValue), "reason": JSON(reason), "at": JSON(at),
        ]
    }
}
