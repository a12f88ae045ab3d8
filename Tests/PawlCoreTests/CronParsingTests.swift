import Testing

@testable import PawlCore

/// Which specs are read, and what is said about the others.
struct CronParsingTests {
    @Test(
        arguments: [
            ("*", .second, Array(0...59)),
            ("*/15,7", .second, [0, 7, 15, 30, 45]),
            ("*", .minute, Array(0...59)),
            ("*", .dayOfMonth, Array(1...31)),
            ("*", .dayOfWeek, Array(0...6)),
            ("7", .minute, [7]),
            ("007", .minute, [7]),
            ("1,5,5,3", .hour, [1, 3, 5]),
            ("10-12", .hour, [10, 11, 12]),
            ("3-3", .hour, [3]),
            ("*/20", .minute, [0, 20, 40]),
            ("*/60", .minute, [0]),
            ("*/7", .dayOfMonth, [1, 8, 15, 22, 29]),
            ("5/20", .minute, [5, 25, 45]),
            ("10-30/10", .minute, [10, 20, 30]),
            ("1-3,*/30,50/5", .minute, [0, 1, 2, 3, 30, 50, 55]),
            ("jan,FEB-Apr,december", .month, [1, 2, 3, 4, 12]),
            ("may", .month, [5]),
            ("jun/3", .month, [6, 9, 12]),
            ("sun", .dayOfWeek, [0]),
            ("7", .dayOfWeek, [0]),
            ("?", .dayOfMonth, Array(1...31)),
            ("?", .dayOfWeek, Array(0...6)),
            ("0,7", .dayOfWeek, [0]),
            ("mon-fri", .dayOfWeek, [1, 2, 3, 4, 5]),
            ("FRI-Sunday", .dayOfWeek, [0, 5, 6]),
            ("5-7", .dayOfWeek, [0, 5, 6]),
            ("sun-sat", .dayOfWeek, Array(0...6)),
            ("0-7", .dayOfWeek, Array(0...6)),
            ("1/2", .dayOfWeek, [1, 3, 5]),
            ("7/2", .dayOfWeek, [0]),
            ("*/7", .dayOfWeek, [0]),
        ] as [(String, CronField, [Int])]
    )
    func `a field is read`(text: String, field: CronField, values: [Int]) throws {
        let fields = CronField.allCases.map { $0 == field ? text : "*" }
        let cron = try cron(fields.joined(separator: " "))
        #expect((0..<64).filter(cron.values(of: field).contains) == values)
    }

    @Test(
        arguments: [
            ("@yearly", "0 0 1 1 *"),
            ("@annually", "0 0 1 1 *"),
            ("@monthly", "0 0 1 * *"),
            ("@weekly", "0 0 * * 0"),
            ("@daily", "0 0 * * *"),
            ("@midnight", "0 0 * * *"),
            ("@hourly", "0 * * * *"),
            (" @Daily\t", "0 0 * * *"),
            ("  1\t2  3 4 5 ", "1 2 3 4 5"),
            ("1 2 3 4 5", "0 1 2 3 4 5"),
        ])
    func `a spec may be abbreviated and spaced`(text: String, same: String) throws {
        #expect(try TickSpec(parsing: text).text == text)
        let cron = try cron(text)
        let other = try self.cron(same)
        for field in CronField.allCases {
            #expect(cron.values(of: field) == other.values(of: field))
        }
    }

    @Test(
        arguments: [
            ("*", true), ("*/2", true), ("0/2", true), ("0-23", true), ("0-23/5", true),
            ("*/2,*/3", true), ("1/2", false), ("0", false), ("0-22", false), ("*/6,3", false),
        ])
    func `an hour field that steps through the day is an interval`(
        text: String,
        isInterval: Bool
    ) throws {
        #expect(try cron("0 \(text) * * *").hours.isInterval == isInterval)
    }

    @Test(
        arguments: [
            ("0 0 L * *", CronDays(beforeLast: 1)),
            ("0 0 l-3,L-30 * *", CronDays(beforeLast: 1 << 3 | 1 << 30)),
            ("0 0 LW * *", CronDays(hasLastWeekday: true)),
            ("0 0 15w,1W * *", CronDays(nearest: 1 << 15 | 1 << 1)),
            ("0 0 ? * 5L", CronDays(last: 1 << 5)),
            ("0 0 ? * friL,SUNDAYl,7L", CronDays(last: 1 << 5 | 1)),
            ("0 0 ? * mon#2,7#1", CronDays(ordinal: 1 << 8 | 1)),
            ("0 0 ? * 6#5", CronDays(ordinal: 1 << 34)),
        ])
    func `special days are read`(text: String, days: CronDays) throws {
        let found = try cron(text).days
        #expect(found.beforeLast == days.beforeLast)
        #expect(found.hasLastWeekday == days.hasLastWeekday)
        #expect(found.nearest == days.nearest)
        #expect(found.last == days.last)
        #expect(found.ordinal == days.ordinal)
    }

    @Test(
        arguments: [
            ("@every 90s", 90, 0), ("@every 1h30m", 5_400, 0), ("@EVERY\t2D", 172_800, 0),
            ("@every 1d2h3m4s", 93_784, 0), ("@every PT90S", 90, 0), ("@every p1dt1m", 86_460, 0),
            ("@every 3650d ", 315_360_000, 0), ("@every 0h5s", 5, 0),
            ("@every 90s from 2026-01-01T00:00:00Z", 90, 1_767_225_600),
            ("@every 1m  FROM 2026-01-01T02:00+01:30 ", 60, 1_767_227_400),
        ] as [(String, Int64, Int64)]
    )
    func `an interval is read`(text: String, length: Int64, anchor: Int64) throws {
        guard case .every(let interval) = try TickSpec(parsing: text).kind else {
            Issue.record("no interval")
            return
        }
        #expect(interval.length == length)
        #expect(interval.anchor == anchor)
    }

    @Test(
        arguments: [
            ("@at 2026-05-01T08:00", [.wallTime(1_777_622_400)]),
            ("@at 2026-05-01t08:00:30z", [.instant(1_777_622_430)]),
            (
                "@at 2026-05-01T08:00:00+02:00 ,\t2026-05-01T08:00-00:30",
                [.instant(1_777_615_200), .instant(1_777_624_200)]
            ),
        ] as [(String, [WrittenTime])]
    )
    func `instants are read`(text: String, times: [WrittenTime]) throws {
        guard case .at(let occasions) = try TickSpec(parsing: text).kind else {
            Issue.record("no instants")
            return
        }
        #expect(occasions.times == times)
    }

    private func cron(_ text: String) throws -> Cron {
        guard case .cron(let cron) = try TickSpec(parsing: text).kind else {
            throw SpecError(field: nil, offset: 0, message: "no cron", hint: "")
        }
        return cron
    }
}

extension Cron {
    fileprivate func values(of field: CronField) -> CronValues {
        switch field {
        case .second: seconds
        case .minute: minutes
        case .hour: hours
        case .dayOfMonth: days.dates
        case .month: months
        case .dayOfWeek: days.weekdays
        }
    }
}
