import FoundationEssentials
import PawlCore
import PawlStore
import Postgres

/// The input of the run of a tick: that of the schedule, with what texts in it refer to.
struct ScheduledInput {
    private let record: ScheduleRecord
    private let tick: Instant
    private let cause: TickCause
    private let timetable: Timetable

    init(_ record: ScheduleRecord, tick: Instant, _ cause: TickCause, _ timetable: Timetable) {
        self.record = record
        self.tick = tick
        self.cause = cause
        self.timetable = timetable
    }

    /// Returns the input as a JSON text.
    ///
    /// - Throws: ``TemplateError`` if it refers to what there is not.
    func text() throws -> [UInt8] {
        // Most inputs refer to nothing, and are passed on untouched.
        guard record.input.contains("{{".utf8) else { return record.input }
        return try Template(json: record.schedule.input).resolve(known).serialized()
    }

    private var known: JSON {
        let local = timetable.localText(tick.seconds)
        let last = record.lastRun
        return [
            "tick": [
                "at": .string(tick.text), "local": .string(local),
                "date": .string(String(local.prefix { $0 != "T" })),
                "unix": .integer(tick.seconds), "cause": .string(cause.rawValue),
            ],
            "last": [
                "tick": record.lastTick.map { .string($0.text) } ?? .null,
                "run_id": last.map { .string($0.id.text) } ?? .null,
                "status": last?.status.map { .string($0.rawValue) } ?? .null,
            ],
            "next": [
                "at": timetable.next(after: tick.seconds).map {
                    .string(Instant(seconds: $0).text)
                } ?? .null
            ],
            "schedule": [
                "name": .string(record.name), "zone": .string(record.schedule.zone),
                "service": .string(record.service),
            ],
        ]
    }
}

extension Instant {
    /// The instant as people write it: without a fraction where there is none.
    package var text: String { description.replacing(".000000Z", with: "Z") }
}
