/// Points in time, each once: `@at 2026-05-01T08:00:00+02:00, 2026-06-01T08:00`.
///
/// A time without an offset is what the clock of the schedule's zone shows.
struct Occasions: Hashable, Sendable {
    /// The times in the order in which they were written.
    let times: [WrittenTime]

    /// Reads what follows `@at`.
    init(scanning scanner: inout SpecScanner) throws(SpecError) {
        var times: [WrittenTime] = []
        repeat {
            scanner.skipSpace()
            let field = "instant \(times.count + 1)"
            let place = scanner.position
            guard let time = WrittenTime(scanning: &scanner) else {
                throw SpecError(
                    field: field,
                    offset: place,
                    message: "it is not a date and time",
                    hint: "allowed: \(WrittenTime.form) (without it, in the schedule's zone)"
                )
            }
            switch time {
            case .instant(let seconds), .wallTime(let seconds):
                _ = try Timetable.checked(seconds, field, at: place)
            }
            times.append(time)
            scanner.skipSpace()
        } while scanner.take(",")
        guard scanner.next == nil else {
            throw SpecError(
                field: "instant \(times.count)",
                offset: scanner.position,
                message: "something follows it",
                hint: "separate several by commas"
            )
        }
        self.times = times
    }
}
