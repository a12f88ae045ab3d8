import ArgumentParser
import Pawl
import PawlCore
import PawlStore
import Postgres

/// `pawl schedule`: the rules that start runs.
struct ScheduleCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "schedule",
        abstract: "Make, list, pause and preview schedules.",
        discussion: """
            A schedule starts a run of a workflow at the times of a spec in a time zone. A scheduler \
            must run: "pawl scheduler", or the one of "pawl dev".

              pawl schedule preview "0 8 * * mon-fri" --zone Europe/Berlin
              pawl schedule explain "0 8 LW * ?"
              pawl schedule put morning --workflow report --spec "0 8 * * *" --zone UTC
              pawl schedule list
              pawl schedule show morning
            """,
        subcommands: [
            ScheduleList.self, ScheduleShow.self, SchedulePut.self, ScheduleSync.self,
            ScheduleRemove.self, SchedulePause.self, ScheduleResume.self, ScheduleTrigger.self,
            ScheduleBackfill.self, SchedulePreview.self, ScheduleExplain.self,
            ScheduleCalendar.self,
        ],
        defaultSubcommand: ScheduleList.self
    )
}

extension Complaint {
    static func noSchedule(_ name: String) -> Complaint {
        Complaint(
            "schedule \"\(name)\" does not exist",
            hint: "pawl schedule list prints them",
            exit: .notFound
        )
    }
}

extension DatabaseOptions {
    /// Does work with a client.
    func withClient<Result>(
        _ work: (Client) async throws -> Result
    ) async throws -> Result {
        // It also says what is wrong with the schema.
        try await withConnection { _ in }
        let pool = Pool(try configuration())
        do {
            let result = try await work(Client(pool))
            await pool.close()
            return result
        } catch {
            await pool.close()
            throw error
        }
    }
}

extension ScheduleRecord {
    var json: JSON {
        let missed: (JSON, limit: Int?) =
            switch schedule.missed {
            case .skip: ("skip", nil)
            case .latest: ("latest", nil)
            case .all(let most): ("all", most)
            }
        return [
            "schedule": .string(name), "workflow": .string(schedule.workflow),
            "spec": .string(schedule.spec), "zone": .string(schedule.zone),
            "input": JSON(document: input), "service": .string(service),
            "enabled": .bool(isEnabled), "next_at": isEnabled ? JSON(nextAt) : .null,
            "last_tick": JSON(lastTick),
            "last_run": JSON(lastRun?.id.text), "last_status": JSON(lastRun?.status?.rawValue),
            "waiting": JSON(waiting), "remaining": JSON(remaining), "problem": JSON(problem),
            "missing_time": .string(schedule.missingTime.rawValue),
            "repeated_time": .string(schedule.repeatedTime.rawValue),
            "only_days": .array(schedule.onlyDays.map(JSON.string)),
            "except_days": .array(schedule.exceptDays.map(JSON.string)),
            "starts_at": JSON(schedule.starts.map(Instant.init)),
            "ends_at": JSON(schedule.ends.map(Instant.init)),
            "missed": missed.0, "missed_limit": JSON(missed.limit),
            "overlap": .string(schedule.overlap.rawValue),
            "start_deadline_ms": JSON(schedule.startDeadline),
            "jitter_ms": JSON(schedule.jitter), "timeout_ms": JSON(schedule.timeout),
            "queue": JSON(schedule.queue), "priority": JSON(schedule.priority),
            "tenant": .string(schedule.tenant), "note": JSON(schedule.note),
        ]
    }

    /// Why it starts nothing, or what else people should know.
    var remark: Table.Cell {
        if let problem { return Table.Cell(problem, .red) }
        if !isEnabled {
            return Table.Cell(schedule.note.map { "paused: \($0)" } ?? "paused", .yellow)
        }
        if nextAt == .infinity { return "over" }
        if waiting > 0 { return Table.Cell("\(waiting) waiting", .yellow) }
        return Table.Cell(schedule.note ?? "")
    }

    /// The last run's status, in its colour.
    var lastStatus: Table.Cell {
        lastRun?.status.map { Table.Cell($0.rawValue, $0.style) } ?? ""
    }
}
