import Foundation
import Testing

@testable import PawlCore

/// Days of calendars: how they are written, and which they are.
struct DaySetTests {
    @Test(
        arguments: [
            (["2026-12-25"], ["2026-12-25"]),
            (["2026-12-30..2027-01-02"], ["2026-12-30", "2026-12-31", "2027-01-01", "2027-01-02"]),
            (
                ["2026-12-27..2026-12-28", "2026-12-25", "2026-12-26..2026-12-27"],
                ["2026-12-25", "2026-12-26", "2026-12-27", "2026-12-28"]
            ),
            (["2025-01-01..2026-12-02", "2025-02-01"], ["2026-12-01", "2026-12-02"]),
            (["12-25"], ["2026-12-25", "2027-12-25"]),
            (["12-31..01-01"], ["2026-12-31", "2027-01-01", "2027-12-31", "2028-01-01"]),
            (
                ["02-28..03-01"],
                ["2027-02-28", "2027-03-01", "2028-02-28", "2028-02-29", "2028-03-01"]
            ),
            (["02-29"], ["2028-02-29"]),
        ])
    func `entries name dates`(entries: [String], dates: [String]) throws {
        #expect(try days(entries, from: "2026-12-01", to: "2028-12-01") == dates)
    }

    @Test(
        arguments: [
            (["sat"], ["2026-08-01", "2026-08-08"]),
            (["SUNDAY", "sat"], ["2026-08-01", "2026-08-02", "2026-08-08", "2026-08-09"]),
            (
                ["fri..mon"],
                [
                    "2026-08-01", "2026-08-02", "2026-08-03", "2026-08-07", "2026-08-08",
                    "2026-08-09",
                ]
            ),
            (["wed..wed"], ["2026-08-05"]),
            (
                ["tue..sun"],
                [
                    "2026-08-01", "2026-08-02", "2026-08-04", "2026-08-05", "2026-08-06",
                    "2026-08-07", "2026-08-08", "2026-08-09",
                ]
            ),
        ])
    func `entries name days of the week`(entries: [String], dates: [String]) throws {
        #expect(try days(entries, from: "2026-08-01", to: "2026-08-10") == dates)
    }

    @Test func `a set without entries is empty`() throws {
        #expect(DaySet().isEmpty)
        #expect(try DaySet(reading: []).isEmpty)
        #expect(try !DaySet(reading: ["mon"]).isEmpty)
    }

    @Test(
        arguments: [
            ("", "it is not a date"), ("2026-13-01", "it is not a date"),
            ("2026-02-29", "it is not a date"), ("02-30", "it is not a date"),
            ("13-01", "it is not a date"), ("2026-1-1", "it is not a date"),
            ("mon.fri", "it is not a day"), ("mon...fri", "it is not a date"),
            ("mon-fri", "it is not a day"), ("mon..", "it is not a date"),
            ("someday", "\"someday\" is not a day of the week"), (" mon", "it is not a date"),
            ("2027-01-01..2026-01-01", "the range runs backwards"),
            ("12-24..2026-12-26", "the ends of the range are of different kinds"),
            ("mon..12-24", "the ends of the range are of different kinds"),
            ("mon\0", "it is not a day"), ("\u{1f552}", "it is not a date"),
            (String(repeating: "1", count: 100_000), "it is not a day"),
        ])
    func `an entry that is none is named`(entry: String, message: String) {
        let error = #expect(throws: DaySetError.self) { try DaySet(reading: ["mon", entry]) }
        #expect(error?.index == 1)
        #expect(error?.message == message)
        #expect(error?.hint.isEmpty == false)
        #expect(error?.description.hasPrefix("cannot read entry 2, \"") == true)
        #expect((error?.description.utf8.count ?? 0) < 256)
    }

    @Test func `too many entries are refused`() throws {
        let most = [String](repeating: "2026-12-25", count: DaySet.mostEntries)
        _ = try DaySet(reading: most)
        #expect(throws: DaySetError.self) { try DaySet(reading: most + ["mon"]) }
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

    private func days(_ entries: [String], from: String, to: String) throws -> [String] {
        let set = try DaySet(reading: entries)
        let (start, end) = (try number(from), try number(to))
        return (start..<end).compactMap { number in
            let date = CalendarDate(daysSince1970: number)
            let month = MonthLayout(year: date.year, month: date.month)
            return set.days(of: month) & (1 << UInt32(date.day)) != 0 ? date.text : nil
        }
    }

    private func number(_ date: String) throws -> Int64 {
        var scanner = SpecScanner(date)
        return try #require(CalendarDate(scanning: &scanner)).daysSince1970
    }
}
