/// What is written of a timetable, as a schedule keeps it; a cache of timetables may be kept by it.
package struct TimetableText: Hashable, Sendable {
    /// When: see ``TickSpec``.
    package var spec: String
    /// The name of a zone: see ``Zone``.
    package var zone: String
    package var missing: MissingTime
    package var repeated: RepeatedTime
    /// The days to which it is restricted, if there are any: see ``DaySet``.
    package var only: [String]
    /// The days on which it is not due.
    package var except: [String]
    /// From when on it is due, that instant included; seconds since 1970.
    package var start: Int64?
    /// Until when it is due, that instant excluded.
    package var end: Int64?

    package init(
        spec: String,
        zone: String = "UTC",
        missing: MissingTime = .after,
        repeated: RepeatedTime = .first,
        only: [String] = [],
        except: [String] = [],
        start: Int64? = nil,
        end: Int64? = nil
    ) {
        self.spec = spec
        self.zone = zone
        self.missing = missing
        self.repeated = repeated
        self.only = only
        self.except = except
        self.start = start
        self.end = end
    }
}

extension Timetable {
    /// Reads a timetable.
    package init(reading text: TimetableText) throws(TimetableError) {
        let spec: TickSpec
        let zone: Zone
        do {
            spec = try TickSpec(parsing: text.spec)
        } catch {
            throw TimetableError(part: "spec", message: "\(error)", hint: error.hint)
        }
        do {
            zone = try Zone(named: text.zone)
        } catch {
            throw TimetableError(part: "zone", message: "\(error)", hint: error.hint)
        }
        if let start = text.start, let end = text.end, end <= start {
            throw TimetableError(
                part: "end",
                message: "the end is not after the start",
                hint: "let it end later, or not at all"
            )
        }
        self.init(
            spec,
            in: zone,
            missing: text.missing,
            repeated: text.repeated,
            only: try Self.days(text.only, part: "only"),
            except: try Self.days(text.except, part: "except"),
            start: text.start,
            end: text.end
        )
    }

    private static func days(
        _ entries: [String],
        part: String
    ) throws(TimetableError) -> DaySet {
        do {
            return try DaySet(reading: entries)
        } catch {
            throw TimetableError(part: part, message: "\(error)", hint: error.hint)
        }
    }
}

/// A text is not a timetable.
package struct TimetableError: Error, Hashable, CustomStringConvertible {
    /// What of it is wrong: `spec`, `zone`, `only`, `except` or `end`.
    package let part: String
    /// What is wrong with that, and where, on one line with the hint.
    package let message: String
    /// What is allowed there.
    package let hint: String

    /// The message on one line, with the part if it does not say that itself.
    package var description: String { part == "spec" ? message : "\(part): \(message)" }
}
