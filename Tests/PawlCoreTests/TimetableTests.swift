import Foundation
import Testing

@testable import PawlCore

/// When timetables are due: known times.
struct TimetableTests {
    @Test(
        arguments: [
            // Ordinary times.
            ("* * * * *", "UTC", "2026-01-01T00:00:00Z", ["2026-01-01T00:01:00Z"]),
            ("* * * * *", "UTC", "2026-01-01T00:00:59Z", ["2026-01-01T00:01:00Z"]),
            ("0 9 * * mon-fri", "UTC", "2026-01-02T09:00:00Z", ["2026-01-05T09:00:00Z"]),
            ("59 23 31 12 *", "UTC", "2026-12-31T23:59:00Z", ["2027-12-31T23:59:00Z"]),
            ("@yearly", "Asia/Kathmandu", "2026-05-01T00:00:00Z", ["2026-12-31T18:15:00Z"]),
            // Before 1970.
            ("0 0 1 1 *", "UTC", "1960-06-01T00:00:00Z", ["1961-01-01T00:00:00Z"]),
            ("30 12 * * *", "UTC", "1969-12-31T12:29:59Z", ["1969-12-31T12:30:00Z"]),
            // Both day fields: either, unless one starts with a star.
            (
                "0 0 13 * fri", "UTC", "2026-02-01T00:00:00Z",
                ["2026-02-06T00:00:00Z", "2026-02-13T00:00:00Z", "2026-02-20T00:00:00Z"]
            ),
            (
                "0 0 */2 * mon", "UTC", "2026-02-01T00:00:00Z",
                ["2026-02-09T00:00:00Z", "2026-02-23T00:00:00Z", "2026-03-09T00:00:00Z"]
            ),
            // Leap days, over the years 2100 and 2000.
            (
                "0 0 29 2 *", "UTC", "2093-01-01T00:00:00Z",
                ["2096-02-29T00:00:00Z", "2104-02-29T00:00:00Z"]
            ),
            ("0 0 29 2 *", "UTC", "1999-01-01T00:00:00Z", ["2000-02-29T00:00:00Z"]),
            (
                "0 0 29 2 */7", "UTC", "2026-01-01T00:00:00Z",
                ["2032-02-29T00:00:00Z", "2060-02-29T00:00:00Z", "2088-02-29T00:00:00Z"]
            ),
            ("0 0 29 2 */7", "UTC", "2088-03-01T00:00:00Z", ["2128-02-29T00:00:00Z"]),
            // New York, 8 March 2026: 2:00 to 3:00 is left out.
            (
                "30 2 * * *", "America/New_York", "2026-03-07T12:00:00Z",
                ["2026-03-08T07:00:00Z", "2026-03-09T06:30:00Z"]
            ),
            (
                "*/20 2,3 * * *", "America/New_York", "2026-03-08T00:00:00Z",
                ["2026-03-08T07:00:00Z", "2026-03-08T07:20:00Z", "2026-03-08T07:40:00Z"]
            ),
            (
                "0 */2 * * *", "America/New_York", "2026-03-08T04:00:00Z",
                ["2026-03-08T05:00:00Z", "2026-03-08T08:00:00Z"]
            ),
            (
                "30 * * * *", "America/New_York", "2026-03-08T06:00:00Z",
                ["2026-03-08T06:30:00Z", "2026-03-08T07:30:00Z"]
            ),
            // New York, 1 November 2026: 1:00 to 2:00 comes twice.
            (
                "30 1 * * *", "America/New_York", "2026-11-01T00:00:00Z",
                ["2026-11-01T05:30:00Z", "2026-11-02T06:30:00Z"]
            ),
            (
                "0,30 1,2 * * *", "America/New_York", "2026-11-01T05:15:00Z",
                ["2026-11-01T05:30:00Z", "2026-11-01T07:00:00Z", "2026-11-01T07:30:00Z"]
            ),
            (
                "30 1 * * *", "America/New_York", "2026-11-01T06:10:00Z", ["2026-11-02T06:30:00Z"]
            ),
            (
                "30 * * * *", "America/New_York", "2026-11-01T05:00:00Z",
                ["2026-11-01T05:30:00Z", "2026-11-01T06:30:00Z", "2026-11-01T07:30:00Z"]
            ),
            // Lord Howe puts its clocks by half an hour.
            (
                "15 2 * * *", "Australia/Lord_Howe", "2026-10-03T00:00:00Z",
                ["2026-10-03T15:30:00Z", "2026-10-04T15:15:00Z"]
            ),
            // Apia had no 30 December 2011.
            (
                "0 8 * * *", "Pacific/Apia", "2011-12-29T18:00:01Z",
                ["2011-12-30T10:00:00Z", "2011-12-30T18:00:00Z"]
            ),
            ("0 * 30 12 *", "Pacific/Apia", "2011-12-29T00:00:00Z", ["2012-12-29T10:00:00Z"]),
            // São Paulo repeated the last hour of Saturday: an interval that names that day only.
            (
                "0-30 * * * sat", "America/Sao_Paulo", "2018-02-18T01:55:00Z",
                ["2018-02-18T02:00:00Z"]
            ),
            // The next such date in order is a year later, after two changes.
            (
                "0-30 * 19 2 *", "America/Sao_Paulo", "2011-02-20T01:55:00Z",
                ["2011-02-20T02:00:00Z"]
            ),
            // Seconds.
            (
                "*/20 * * * * *", "UTC", "2026-01-01T00:00:30Z",
                ["2026-01-01T00:00:40Z", "2026-01-01T00:01:00Z"]
            ),
            (
                "15,45 30 2 * * *", "Europe/Berlin", "2026-03-28T12:00:00Z",
                ["2026-03-29T01:00:00Z", "2026-03-30T00:30:15Z"]
            ),
            // The last day, days before it, weekdays.
            (
                "0 0 L * *", "UTC", "2024-01-31T00:00:00Z",
                ["2024-02-29T00:00:00Z", "2024-03-31T00:00:00Z", "2024-04-30T00:00:00Z"]
            ),
            (
                "0 0 L-30 * *", "UTC", "2026-01-01T00:00:00Z",
                ["2026-03-01T00:00:00Z", "2026-05-01T00:00:00Z"]
            ),
            (
                "0 0 LW * *", "UTC", "2026-01-01T00:00:00Z",
                ["2026-01-30T00:00:00Z", "2026-02-27T00:00:00Z", "2026-03-31T00:00:00Z"]
            ),
            (
                "0 0 1W * *", "UTC", "2026-01-02T00:00:00Z",
                ["2026-02-02T00:00:00Z", "2026-03-02T00:00:00Z", "2026-04-01T00:00:00Z"]
            ),
            ("0 0 1W 8 *", "UTC", "2026-01-01T00:00:00Z", ["2026-08-03T00:00:00Z"]),
            ("0 0 31W 5 *", "UTC", "2026-01-01T00:00:00Z", ["2026-05-29T00:00:00Z"]),
            ("0 0 15W 8 *", "UTC", "2026-01-01T00:00:00Z", ["2026-08-14T00:00:00Z"]),
            ("0 0 30W 1-3 *", "UTC", "2026-01-31T00:00:00Z", ["2026-03-30T00:00:00Z"]),
            (
                "0 0 ? * friL", "UTC", "2026-01-01T00:00:00Z",
                ["2026-01-30T00:00:00Z", "2026-02-27T00:00:00Z"]
            ),
            (
                "0 0 ? * fri#5", "UTC", "2026-01-01T00:00:00Z",
                ["2026-01-30T00:00:00Z", "2026-05-29T00:00:00Z", "2026-07-31T00:00:00Z"]
            ),
            (
                "0 0 13 * mon#2", "UTC", "2026-02-01T00:00:00Z",
                ["2026-02-09T00:00:00Z", "2026-02-13T00:00:00Z"]
            ),
            ("0 0 */13 * mon#2", "UTC", "2026-01-01T00:00:00Z", ["2026-09-14T00:00:00Z"]),
            ("0 0 ? 2 tue#5", "UTC", "2029-01-01T00:00:00Z", ["2056-02-29T00:00:00Z"]),
            // The 29th would be a Saturday in February 2025.
            ("0 0 29W 2 *", "UTC", "2025-01-01T00:00:00Z", ["2028-02-29T00:00:00Z"]),
            // Just before, at and after a gap, and times that are shown twice; from far away.
            (
                "59 1 29 3 *", "Europe/Berlin", "2025-05-01T00:00:00Z",
                ["2026-03-29T00:59:00Z", "2027-03-28T23:59:00Z"]
            ),
            ("0 2 29 3 *", "Europe/Berlin", "2025-05-01T00:00:00Z", ["2026-03-29T01:00:00Z"]),
            ("59 2 29 3 *", "Europe/Berlin", "2025-05-01T00:00:00Z", ["2026-03-29T01:00:00Z"]),
            ("0 3 29 3 *", "Europe/Berlin", "2025-05-01T00:00:00Z", ["2026-03-29T01:00:00Z"]),
            (
                "59 1 25 10 *", "Europe/Berlin", "2025-11-01T00:00:00Z",
                ["2026-10-24T23:59:00Z", "2027-10-24T23:59:00Z"]
            ),
            (
                "59 2 25 10 *", "Europe/Berlin", "2025-11-01T00:00:00Z",
                ["2026-10-25T00:59:00Z", "2027-10-25T00:59:00Z"]
            ),
            ("0 3 25 10 *", "Europe/Berlin", "2025-11-01T00:00:00Z", ["2026-10-25T02:00:00Z"]),
            // Intervals, over a change of clocks too.
            (
                "@every 90s", "UTC", "2026-01-01T00:00:00Z",
                ["2026-01-01T00:01:30Z", "2026-01-01T00:03:00Z"]
            ),
            (
                "@every 7h from 2026-03-28T22:00:00Z", "Europe/Berlin", "2020-01-01T00:00:00Z",
                ["2026-03-28T22:00:00Z", "2026-03-29T05:00:00Z", "2026-03-29T12:00:00Z"]
            ),
            ("@every 1d", "UTC", "1950-01-01T00:00:00Z", ["1970-01-01T00:00:00Z"]),
            // Instants, in order and each once; times of the zone, left out and repeated.
            (
                "@at 2026-05-01T08:00,2026-04-01T08:00:00+02:00, 2026-05-01T06:00Z",
                "Europe/Berlin", "2026-01-01T00:00:00Z",
                ["2026-04-01T06:00:00Z", "2026-05-01T06:00:00Z"]
            ),
            (
                "@at 2026-10-25T02:30,2026-03-29T02:30", "Europe/Berlin", "2026-01-01T00:00:00Z",
                ["2026-03-29T01:00:00Z", "2026-10-25T00:30:00Z"]
            ),
        ] as [(String, String, String, [String])]
    )
    func `a spec is due at these times`(
        text: String,
        zone: String,
        after: String,
        due: [String]
    ) throws {
        let timetable = try Timetable(reading: TimetableText(spec: text, zone: zone))
        var seconds = try seconds(after)
        for expected in due {
            seconds = try #require(timetable.next(after: seconds))
            #expect(Date(timeIntervalSince1970: Double(seconds)).ISO8601Format() == expected)
        }
    }

    @Test(
        arguments: [
            ("30 2 * * *", .after, .first, ["03-29T01:00:00", "03-30T00:30:00"]),
            ("30 2 * * *", .skip, .first, ["03-30T00:30:00", "03-31T00:30:00"]),
            ("30 2 * 10 *", .after, .first, ["10-25T00:30:00", "10-26T01:30:00"]),
            ("30 2 * 10 *", .after, .second, ["10-25T01:30:00", "10-26T01:30:00"]),
            ("30 2 * 10 *", .after, .both, ["10-25T00:30:00", "10-25T01:30:00"]),
            ("0,30 2 29 3 *", .skip, .both, []),
            ("0,30 2,3 29 3 *", .after, .first, ["03-29T01:00:00", "03-29T01:30:00"]),
            ("0 */2 29 3 *", .after, .first, ["03-29T02:00:00"]),
            ("30 */2 25 10 *", .skip, .second, ["10-25T00:30:00", "10-25T01:30:00"]),
            ("@at 2026-03-29T02:30", .skip, .first, []),
            ("@at 2026-03-29T02:30", .after, .first, ["03-29T01:00:00"]),
            ("@at 2026-10-25T02:30", .after, .second, ["10-25T01:30:00"]),
            ("@at 2026-10-25T02:30", .after, .both, ["10-25T00:30:00", "10-25T01:30:00"]),
        ] as [(String, MissingTime, RepeatedTime, [String])]
    )
    func `policies say what clocks that are put mean`(
        spec: String,
        missing: MissingTime,
        repeated: RepeatedTime,
        due: [String]
    ) throws {
        let text = TimetableText(
            spec: spec,
            zone: "Europe/Berlin",
            missing: missing,
            repeated: repeated
        )
        let isOctober = due.first?.hasPrefix("10") ?? false
        let start = try seconds(isOctober ? "2026-10-25T00:00:00Z" : "2026-03-29T00:30:00Z")
        let found = try Timetable(reading: text).ticks(in: start..<start + 3 * 86_400)
            .prefix(2).map(wallText)
        #expect(Array(found.prefix(max(due.count, 1))) == due.map { "2026-" + $0 })
    }

    @Test(
        arguments: [
            ("0 8 * * *", ["mon..fri"], ["2026-01-06"], ["01-01", "01-02", "01-05", "01-07"]),
            ("0 8 * * *", ["2026-01-10..2026-01-11", "01-20"], [], ["01-10", "01-11", "01-20"]),
            ("0 8 * * *", [], ["12-24..01-05", "sat..sun"], ["01-06", "01-07", "01-08"]),
            ("0 8 13 * fri", [], ["fri"], ["01-13"]),
            ("@every 6d", ["sat", "sun", "mon"], [], ["01-19", "01-25", "01-31"]),
            ("@every 12h from 2026-01-01T20:00:00Z", ["fri"], [], ["01-02", "01-02", "01-09"]),
            ("@at 2026-01-03T08:00,2026-01-05T08:00", ["mon..fri"], [], ["01-05"]),
        ] as [(String, [String], [String], [String])]
    )
    func `calendars leave some days`(
        spec: String,
        only: [String],
        except: [String],
        due: [String]
    ) throws {
        let text = TimetableText(spec: spec, only: only, except: except)
        let start = try seconds("2026-01-01T00:00:00Z")
        let found = try Timetable(reading: text).ticks(in: start..<start + 60 * 86_400)
            .prefix(due.count)
        #expect(found.map { wallText($0).dropFirst(5).prefix(5) } == due.map { $0[...] })
    }

    @Test func `a tick that was moved keeps its date, and an interval has that of the clock`()
        throws
    {
        // In Scoresbysund the last hour of 29 March 2025, a Saturday, was left out.
        let start = try seconds("2025-03-29T12:00:00Z")
        for (spec, only, due) in [
            ("30 23 * * *", "sat", "2025-03-30T01:00:00"),
            ("30 23 * * sat", "2025-03-29", "2025-03-30T01:00:00"),
            ("@every 1h", "2025-03-30", "2025-03-30T01:00:00"),
            ("@every 1h", "2025-03-31", "2025-03-31T01:00:00"),
        ] {
            let zone = "America/Scoresbysund"
            let text = TimetableText(spec: spec, zone: zone, only: [only])
            #expect(try Timetable(reading: text).next(after: start).map(wallText) == due)
        }
    }

    @Test func `the start belongs to the time in which it holds, and the end does not`() throws {
        var text = TimetableText(spec: "* * * * *", start: 120, end: 300)
        let timetable = try Timetable(reading: text)
        #expect(Array(timetable.ticks(in: 0..<1_000)) == [120, 180, 240])
        #expect(timetable.next(after: .min) == 120)
        #expect(timetable.next(after: 240) == nil)
        #expect(timetable.latest(through: .max) == 240)
        #expect(timetable.latest(through: 119) == nil)
        (text.start, text.end) = (.max, nil)
        #expect(try Timetable(reading: text).next(after: 0) == nil)
        (text.start, text.end) = (nil, .min)
        #expect(try Timetable(reading: text).next(after: 0) == nil)
        (text.start, text.end) = (5, 5)
        let error = #expect(throws: TimetableError.self) { try Timetable(reading: text) }
        #expect(error?.part == "end")
    }

    @Test(
        arguments: [
            ("0 0 31 2 *", [], []), ("0 0 31 4,6,9,11 *", [], []), ("0 0 31W 2 *", [], []),
            ("0 0 L-30 2 *", [], []), ("* * * * *", [], ["mon..sun"]),
            ("* * * * * *", ["sat"], ["sat"]), ("* * * * *", ["2026-01-01"], ["01-01"]),
            ("@every 7d", ["fri"], []), ("@every 1s", [], ["01-01..12-31"]),
            ("@every 1s", ["9999-12-31"], []), ("0 0 * * mon", ["tue"], []),
        ] as [(String, [String], [String])]
    )
    func `what is never due gives nil soon`(spec: String, only: [String], except: [String]) throws {
        let text = TimetableText(
            spec: spec,
            zone: "Europe/Berlin",
            only: only,
            except: except
        )
        let timetable = try Timetable(reading: text)
        #expect(timetable.next(after: 0) == nil)
        #expect(timetable.next(after: .min) == nil)
        #expect(timetable.latest(through: 2_000_000_000) == nil)
    }

    @Test func `a day that is far away is found`() throws {
        for (spec, day) in [("@every 1s", "2480-02-29"), ("0 0 * * *", "2480-02-29")] {
            let text = TimetableText(spec: spec, only: [day], except: ["2000-01-01..2480-02-28"])
            #expect(
                try Timetable(reading: text).next(after: 0).map(wallText) == day + "T00:00:00"
            )
        }
    }

    @Test func `any integer has an answer`() throws {
        let instants: [Int64] = [
            .min, .min + 1, -2_208_988_801, -2_208_988_800, -1, 0, 1, 16_725_225_598,
            16_725_225_599, 16_725_225_600, .max - 1, .max,
        ]
        for spec in [
            "* * * * * *", "30 2 * * *", "0 0 29 2 *", "@every 3650d",
            "@every 1s from 2499-12-31T23:59:59Z", "@at 1900-01-01T00:00,2499-12-31T23:59:59",
        ] {
            for zone in ["UTC", "Pacific/Kiritimati", "Pacific/Pago_Pago", "Europe/Amsterdam"] {
                let timetable = try Timetable(reading: TimetableText(spec: spec, zone: zone))
                for instant in instants {
                    if let next = timetable.next(after: instant) {
                        #expect(next > instant)
                        #expect(Timetable.range.contains(next))
                    }
                    if let latest = timetable.latest(through: instant) {
                        #expect(latest <= instant)
                        #expect(timetable.next(after: latest).map { $0 > instant } ?? true)
                    }
                    _ = timetable.preview(after: instant, count: 2)
                }
                #expect(Array(timetable.ticks(in: .min ..< .max).prefix(1)).count == 1)
            }
        }
        let timetable = Timetable(try TickSpec(parsing: "* * * * *"))
        #expect(timetable.next(after: 16_725_225_540) == nil)
        #expect(timetable.latest(through: .max) == 16_725_225_540)
    }

    @Test func `what is wrong with a timetable is said with its part`() {
        for (part, text) in [
            ("spec", TimetableText(spec: "0 25 * * *")),
            ("zone", TimetableText(spec: "@daily", zone: "Mars/Phobos")),
            ("only", TimetableText(spec: "@daily", only: ["mon", "someday"])),
            ("except", TimetableText(spec: "@daily", except: ["02-30"])),
        ] {
            let error = #expect(throws: TimetableError.self) { try Timetable(reading: text) }
            #expect(error?.part == part)
            let beginning = part == "spec" ? "cannot read hour of spec" : "\(part): "
            #expect(error?.description.hasPrefix(beginning) == true)
            #expect(error?.hint.isEmpty == false)
        }
    }

    private func seconds(_ text: String) throws -> Int64 {
        Int64(try Date(text, strategy: .iso8601).timeIntervalSince1970)
    }
}
