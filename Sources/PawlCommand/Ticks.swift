import PawlCore
import PawlStore
import Postgres

/// The times that a spec names in a zone.
struct Ticks {
    private let timetable: Timetable

    init(_ spec: String, _ zone: String) throws {
        let read: TickSpec
        do {
            read = try TickSpec(parsing: spec)
        } catch {
            throw Complaint(
                "cannot read \(error.field ?? "spec") of \"\(spec)\": \(error.message)",
                hint: error.hint
            )
        }
        do {
            timetable = Timetable(read, in: try Zone(named: zone))
        } catch {
            throw Complaint("\(error)")
        }
    }

    func following(_ instant: Instant, count: Int) -> [Instant] {
        var ticks: [Instant] = []
        var seconds = instant.microsecondsSince1970 / 1_000_000
        while ticks.count < count, let next = timetable.next(after: seconds) {
            ticks.append(Instant(microsecondsSince1970: next * 1_000_000))
            seconds = next
        }
        return ticks
    }
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

extension ScheduleRecord {
    var json: JSON {
        [
            "schedule": .string(name), "workflow": .string(workflow), "spec": .string(spec),
            "zone": .string(zone), "input": JSON(document: input), "service": .string(service),
            "enabled": .bool(isEnabled), "next_at": JSON(nextAt), "last_tick": JSON(lastTick),
            "problem": JSON(problem),
        ]
    }
}
