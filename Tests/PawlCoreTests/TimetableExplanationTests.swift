import Testing

@testable import PawlCore

/// Timetables in words, and ticks with what clocks have to do with them.
struct TimetableExplanationTests {
    @Test(
        arguments: [
            // Times of the day.
            ("30 8 * * *", "at 08:30 every day"),
            ("30 8 * * mon-fri", "at 08:30 on Monday to Friday"),
            ("0 0,12 * * *", "at 00:00 and 12:00 every day"),
            ("*/30 8,12 * * *", "at 08:00, 08:30, 12:00 and 12:30 every day"),
            ("15 30 8 * * *", "at 08:30:15 every day"),
            ("@midnight", "at 00:00 every day"),
            ("@weekly", "at 00:00 on Sunday"),
            ("@yearly", "at 00:00 on the 1st of January"),
            // Many times.
            ("* * * * *", "every minute"),
            ("*/5 * * * *", "every 5 minutes"),
            ("*/5 9-17 * * *", "every 5 minutes between 09:00 and 17:59"),
            ("*/7 * * * *", "every 7 minutes from the start of each hour"),
            ("10,40 * * * *", "at minutes 10 and 40 of every hour"),
            ("10-19 * * * *", "at minutes 10 to 19 of every hour"),
            ("*/15 */6 * * *", "every 15 minutes of every 6th hour"),
            (
                "*/15 0,2,4,9,10,11 * * *",
                "every 15 minutes of hours 00, 02, 04 and 09 to 11"
            ),
            ("@hourly", "every hour"),
            ("15 * * * *", "at minute 15 of every hour"),
            ("0 */2 * * *", "every 2 hours"),
            ("0 */5 * * *", "every 5 hours from 00:00"),
            ("15 */5 * * *", "at minute 15 of every 5th hour from 00:00"),
            ("0 9-17 * * *", "every hour from 09:00 to 17:00"),
            ("15 9-17 * * wed", "every hour from 09:15 to 17:15 on Wednesday"),
            ("5 1,3,5,7,9,11,13 * * *", "at minute 5 of hours 01, 03, 05, 07, 09, 11 and 13"),
            // Seconds.
            ("* * * * * *", "every second"),
            ("*/10 * * * * *", "every 10 seconds"),
            ("30 * * * * *", "at second 30 of every minute"),
            ("*/20 */30 */2 * * *", "every 20 seconds of every 30th minute of every 2nd hour"),
            ("* * 8 * * *", "every second of hour 08"),
            ("*/10 5 * * * *", "every 10 seconds of minute 5 of every hour"),
            // Days.
            ("0 0 LW * *", "at 00:00 on the last weekday of the month"),
            ("0 0 L * *", "at 00:00 on the last day of the month"),
            ("0 0 L-1,L * ?", "at 00:00 on the day before the last and the last day of the month"),
            (
                "0 0 1,15W,L-3 * ?",
                "at 00:00 on the 1st, the weekday nearest the 15th and 3 days before the last day "
                    + "of the month"
            ),
            ("0 0 1-7,22 * *", "at 00:00 on the 1st to the 7th and the 22nd of the month"),
            (
                "0 0 ? * mon#2,friL",
                "at 00:00 on the second Monday and the last Friday of the month"
            ),
            ("0 0 ? * sat,sun", "at 00:00 on Saturday and Sunday"),
            ("0 0 * * fri-sun", "at 00:00 on Friday to Sunday"),
            ("0 0 * * sun-sat", "at 00:00 every day"),
            ("0 0 13 * fri", "at 00:00 on the 13th of the month or on Friday"),
            ("0 0 1-31 * mon", "at 00:00 every day"),
            (
                "0 0 */2 * mon",
                "at 00:00 on every 2nd day from the 1st of the month if it is Monday"
            ),
            ("0 0 ? jan,jul 5L", "at 00:00 on the last Friday of January and July"),
            ("0 8 * 6-8 mon", "at 08:00 on Monday in June to August"),
            ("0 8 * 6 *", "at 08:00 every day in June"),
            ("* * * 6 *", "every minute in June"),
            // Others.
            ("@every 90s", "every 90 seconds, counted from 1970-01-01T00:00:00Z"),
            ("@every 60s", "every minute, counted from 1970-01-01T00:00:00Z"),
            ("@every 1h", "every hour, counted from 1970-01-01T00:00:00Z"),
            ("@every 90m", "every 90 minutes, counted from 1970-01-01T00:00:00Z"),
            ("@every 1d", "every 24 hours, counted from 1970-01-01T00:00:00Z"),
            (
                "@every 2d1h3m1s from 2026-01-01T01:00+01:00",
                "every 2 days, 1 hour, 3 minutes and 1 second, counted from 2026-01-01T00:00:00Z"
            ),
            (
                "@at 2026-05-01T08:00, 2026-06-01T08:00+02:00",
                "at 2026-05-01T08:00:00 and 2026-06-01T06:00:00Z"
            ),
        ])
    func `a spec is said in words`(spec: String, words: String) throws {
        #expect(try TickSpec(parsing: spec).explanation == words)
    }

    @Test func `a timetable is said with its clock, policies and limits`() throws {
        var text = TimetableText(spec: "30 8 * * *", zone: "Europe/Berlin")
        #expect(
            try Timetable(reading: text).explanation
                == "at 08:30 every day; by the clock of Europe/Berlin; a time that the clock leaves "
                + "out comes right after the gap; one that it shows twice counts the first time"
        )
        text.missing = .skip
        text.repeated = .both
        text.only = ["mon..fri"]
        text.except = ["12-25", "2026-12-31"]
        text.start = 0
        text.end = .max
        #expect(
            try Timetable(reading: text).explanation
                == "at 08:30 every day; by the clock of Europe/Berlin; a time that the clock leaves "
                + "out is skipped; one that it shows twice counts both times; only on mon..fri; "
                + "not on 12-25 and 2026-12-31; from 1970-01-01T00:00:00Z on; "
                + "until before 9223372036854775807 s since 1970"
        )
        text = TimetableText(spec: "*/5 * * * *", zone: "Europe/Berlin")
        #expect(
            try Timetable(reading: text).explanation
                == "every 5 minutes; by the clock of Europe/Berlin; whenever the clock shows it"
        )
        text = TimetableText(spec: "30 8 * * *")
        #expect(
            try Timetable(reading: text).explanation == "at 08:30 every day; by the clock of UTC"
        )
        text = TimetableText(spec: "@every 5s", zone: "Europe/Berlin")
        #expect(
            try Timetable(reading: text).explanation
                == "every 5 seconds, counted from 1970-01-01T00:00:00Z"
        )
    }

    @Test(
        arguments: [
            (
                "30 2 * * *", "2026-03-28T00:00Z",
                [
                    "2026-03-28T02:30:00+01:00",
                    "2026-03-29T03:00:00+02:00 its time is left out; moved by 30 minutes",
                    "2026-03-30T02:30:00+02:00",
                ]
            ),
            (
                "30 2 * * *", "2026-10-24T00:00Z",
                [
                    "2026-10-24T02:30:00+02:00",
                    "2026-10-25T02:30:00+02:00 first showing of a repeated time",
                    "2026-10-25T02:30:00+01:00 second showing of a repeated time",
                    "2026-10-26T02:30:00+01:00",
                ]
            ),
            (
                "0 3 * * *", "2026-03-28T00:00Z",
                [
                    "2026-03-28T03:00:00+01:00",
                    "2026-03-29T03:00:00+02:00 the clock was put forward by 1 hour since the tick "
                        + "before",
                ]
            ),
            (
                "@every 1d", "2026-10-24T23:00Z",
                [
                    "2026-10-25T02:00:00+02:00 first showing of a repeated time",
                    "2026-10-26T01:00:00+01:00 the clock was put back by 1 hour since the tick before",
                ]
            ),
            (
                "@at 2026-03-29T02:15,2026-03-29T02:59,2026-03-29T04:00", "2026-01-01T00:00Z",
                [
                    "2026-03-29T03:00:00+02:00 its time is left out; moved by 45 minutes",
                    "2026-03-29T04:00:00+02:00",
                ]
            ),
        ] as [(String, String, [String])]
    )
    func `ticks are shown with what clocks do to them`(
        spec: String,
        after: String,
        shown: [String]
    ) throws {
        let text = TimetableText(spec: spec, zone: "Europe/Berlin", repeated: .both)
        var scanner = SpecScanner(after)
        guard case .instant(let after)? = WrittenTime(scanning: &scanner) else {
            Issue.record("no instant")
            return
        }
        let previews = try Timetable(reading: text).preview(after: after, count: shown.count)
        let lines = previews.map { $0.text + ($0.remark.map { " \($0)" } ?? "") }
        #expect(lines == shown)
    }

    @Test func `an offset is shown with its sign`() throws {
        for (zone, shown) in [
            ("America/St_Johns", "2025-12-31T20:31:00-03:30"),
            ("Asia/Kathmandu", "2026-01-01T05:46:00+05:45"), ("UTC", "2026-01-01T00:01:00+00:00"),
        ] {
            let text = TimetableText(spec: "* * * * *", zone: zone)
            let preview = try Timetable(reading: text).preview(after: 1_767_225_600, count: 1)
            #expect(preview.map(\.text) == [shown])
            #expect(preview.map(\.remark) == [nil])
        }
    }
}
