import Foundation
import Testing

@testable import PawlCore

/// When a spec is due: a table of known times, and an oracle that looks at every minute.
struct CronNextTests {
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
        ] as [(String, String, String, [String])]
    )
    func `a spec is due at these times`(
        text: String,
        zone: String,
        after: String,
        due: [String]
    ) throws {
        let cron = try Cron(parsing: text)
        let zone = try Zone(named: zone)
        var seconds = try seconds(after)
        for expected in due {
            seconds = try #require(cron.next(after: seconds, in: zone))
            #expect(Date(timeIntervalSince1970: Double(seconds)).ISO8601Format() == expected)
        }
    }

    @Test(arguments: ["0 0 31 2 *", "0 0 30 feb *", "0 0 31 4,6,9,11 *"])
    func `what is never due gives nil`(text: String) throws {
        #expect(try Cron(parsing: text).next(after: 0, in: .utc) == nil)
    }

    @Test func `the ends of time give an answer`() throws {
        let berlin = try Zone(named: "Europe/Berlin")
        for text in ["* * * * *", "30 2 * * *", "0 0 29 2 *"] {
            let cron = try Cron(parsing: text)
            #expect(cron.next(after: .max, in: berlin) == nil)
            #expect(cron.next(after: .min, in: berlin) != nil)
            #expect(cron.next(after: 253_401_999_999, in: berlin) != .min)
        }
    }

    /// Windows around changes of the offset: a week, so that months and weekdays change in some.
    @Test(
        arguments: [
            ("America/New_York", ["2026-03-05", "2026-10-29"]),
            ("Europe/Berlin", ["2026-03-26", "2026-10-22"]),
            ("Australia/Lord_Howe", ["2026-04-01", "2026-09-30"]),
            ("Asia/Kathmandu", ["1985-12-29", "2026-03-26"]),
            ("Africa/Casablanca", ["2026-02-12", "2026-03-19"]),
            ("America/Sao_Paulo", ["2018-02-14", "2018-10-31"]),
            ("Pacific/Apia", ["2011-12-27", "2012-03-30"]),
            ("Africa/Cairo", ["2026-04-21", "2026-10-27"]),
            ("UTC", ["2026-02-26"]),
        ])
    func `next agrees with a walk over every minute`(name: String, windows: [String]) throws {
        let zone = try Zone(named: name)
        var random = SeededGenerator(seed: 5)
        for window in windows {
            let walk = Walk(from: try seconds(window + "T00:00:00Z"), days: 6, in: zone)
            for _ in 0..<40 {
                let spec = RandomSpec(using: &random)
                let cron = try Cron(parsing: spec.text)
                let due = walk.due(spec)
                var found: [Int64] = []
                var seconds = walk.start - 1
                while let next = cron.next(after: seconds, in: zone), next < walk.end {
                    found.append(next)
                    seconds = next
                    guard found.count <= due.count else { break }
                }
                #expect(found == due, "\(spec.text) in \(name) from \(window)")
                for _ in 0..<20 {
                    let seconds = Int64.random(in: walk.start..<walk.end, using: &random)
                    guard let expected = due.first(where: { $0 > seconds }) else { continue }
                    #expect(
                        cron.next(after: seconds, in: zone) == expected,
                        "\(spec.text) in \(name) after \(seconds)"
                    )
                }
            }
        }
    }

    @Test func `in every zone the next time is later, and nothing lies between`() throws {
        var random = SeededGenerator(seed: 6)
        for name in TimeZone.knownTimeZoneIdentifiers where name.contains("/") {
            let zone = try Zone(named: name)
            for _ in 0..<4 {
                let cron = try Cron(parsing: RandomSpec(using: &random).text)
                let seconds = Int64.random(in: 0..<4_102_444_800, using: &random)
                guard let due = cron.next(after: seconds, in: zone) else { continue }
                #expect(due > seconds)
                #expect(cron.next(after: due - 1, in: zone) == due)
                let between = Int64.random(in: seconds..<due, using: &random)
                #expect(cron.next(after: between, in: zone) == due)
            }
        }
    }

    @Test func `dates are those of the calendar`() {
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = .gmt
        for days: Int64 in stride(from: -30_000, to: 150_000, by: 17) {
            let date = CalendarDate(daysSince1970: days)
            let parts = calendar.dateComponents(
                [.year, .month, .day, .weekday],
                from: Date(timeIntervalSince1970: Double(days * 86_400))
            )
            #expect(date.year == parts.year)
            #expect(date.month == parts.month)
            #expect(date.day == parts.day)
            #expect(date.dayOfWeek + 1 == parts.weekday)
            #expect(date.daysSince1970 == days)
        }
    }

    private func seconds(_ text: String) throws -> Int64 {
        Int64(try Date(text, strategy: .iso8601).timeIntervalSince1970)
    }
}
