import Testing

@testable import PawlCore

/// Which specs are read, and what is said about the others.
struct CronParsingTests {
    @Test(
        arguments: [
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
        let cron = try Cron(parsing: fields.joined(separator: " "))
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
        ])
    func `a spec may be abbreviated and spaced`(text: String, same: String) throws {
        let cron = try Cron(parsing: text)
        let other = try Cron(parsing: same)
        #expect(cron.text == text)
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
        #expect(try Cron(parsing: "0 \(text) * * *").hours.isInterval == isInterval)
    }

    @Test(
        arguments: [
            ("", .minute, 0, "the field is missing", "five fields"),
            ("   ", .minute, 3, "the field is missing", "five fields"),
            ("* * * *", .dayOfWeek, 7, "the field is missing", "five fields"),
            ("* * * * * *", nil, 10, "there are more than five fields", "five fields"),
            ("60 * * * *", .minute, 0, "60 is out of range", "0 to 59"),
            ("* 24 * * *", .hour, 2, "24 is out of range", "0 to 23"),
            ("* * 0 * *", .dayOfMonth, 4, "0 is out of range", "1 to 31"),
            ("* * 32 * *", .dayOfMonth, 4, "32 is out of range", "1 to 31"),
            ("* * * 13 *", .month, 6, "13 is out of range", "1 to 12 or jan to dec"),
            ("* * * * 8", .dayOfWeek, 8, "8 is out of range", "0 to 7 or sun to sat"),
            ("* * * foo *", .month, 6, "\"foo\" is not allowed", "jan to dec"),
            ("* * * mon *", .month, 6, "\"mon\" is not allowed", "jan to dec"),
            ("* * * * thurs", .dayOfWeek, 8, "\"thurs\" is not allowed", "sun to sat"),
            ("* * * * jan", .dayOfWeek, 8, "\"jan\" is not allowed", "sun to sat"),
            ("* jan * * *", .hour, 2, "\"jan\" is not allowed", "0 to 23"),
            ("* * L * *", .dayOfMonth, 4, "\"L\" is not allowed", "1 to 31"),
            ("* * ? * *", .dayOfMonth, 4, "\"?\" is not allowed", "1 to 31"),
            ("* * * * 5#2", .dayOfWeek, 9, "\"#\" is not allowed", "steps /n"),
            ("-1 * * * *", .minute, 0, "\"-\" is not allowed", "0 to 59"),
            ("1--100000000 * * * *", .minute, 2, "\"-\" is not allowed", "0 to 59"),
            ("1- * * * *", .minute, 2, "a value is missing", "0 to 59"),
            ("1,,2 * * * *", .minute, 2, "\",\" is not allowed", "0 to 59"),
            ("1, 2 * * *", .minute, 2, "a value is missing", "0 to 59"),
            ("5-1 * * * *", .minute, 0, "the range runs backwards", "two ranges"),
            ("* 22-6 * * *", .hour, 2, "the range runs backwards", "two ranges"),
            ("*/0 * * * *", .minute, 2, "0 is out of range", "1 to 60"),
            ("*/61 * * * *", .minute, 2, "61 is out of range", "1 to 60"),
            ("* 0/25 * * *", .hour, 4, "25 is out of range", "1 to 24"),
            ("*/ * * * *", .minute, 2, "a value is missing", "1 to 60"),
            ("*/*/2 * * * *", .minute, 2, "\"*\" is not allowed", "1 to 60"),
            ("*/2/2 * * * *", .minute, 3, "\"/\" is not allowed", "steps /n"),
            ("1-2-3 * * * *", .minute, 3, "\"-\" is not allowed", "steps /n"),
            ("*-5 * * * *", .minute, 1, "\"-\" is not allowed", "steps /n"),
            ("1.5 * * * *", .minute, 1, "\".\" is not allowed", "steps /n"),
            ("* * * *\n*", .month, 7, "byte 10 is not allowed", "steps /n"),
            ("é * * * *", .minute, 0, "byte 195 is not allowed", "0 to 59"),
            (
                "99999999999999999999 * * * *", .minute, 0, "99999999999999999999 is out of range",
                "0"
            ),
            ("@reboot", nil, 0, "unknown abbreviation", "@daily"),
            ("@every 5m", nil, 0, "unknown abbreviation", "@daily"),
            ("@daily 5", nil, 0, "unknown abbreviation", "@daily"),
            (
                String(repeating: "1,", count: 5_000), nil, 256,
                "the text is longer than 256 bytes", "several specs"
            ),
        ] as [(String, CronField?, Int, String, String)]
    )
    func `what is not a spec is refused with its field and place`(
        text: String,
        field: CronField?,
        offset: Int,
        message: String,
        hint: String
    ) {
        let error = #expect(throws: CronError.self) { try Cron(parsing: text) }
        #expect(error?.field == field)
        #expect(error?.offset == offset)
        #expect(error?.message == message)
        #expect(error?.hint.contains(hint) == true)
    }

    @Test func `an error reads as one sentence`() {
        let error = #expect(throws: CronError.self) { try Cron(parsing: "0 24 * * *") }
        #expect(
            error?.description
                == "cannot read hour of cron spec: 24 is out of range, at byte 2 (allowed: 0 to 23)"
        )
    }

    @Test func `random texts never trap`() {
        var random = SeededGenerator(seed: 4)
        let alphabet = Array("0123456789*/-,, \t@LW#?monjanfri\u{e9}")
        var read = 0
        for _ in 0..<20_000 {
            let length = Int.random(in: 0..<24, using: &random)
            let letters = (0..<length).map { _ in
                alphabet[Int.random(in: 0..<alphabet.count, using: &random)]
            }
            do {
                _ = try Cron(parsing: String(letters) + " * * *")
                read += 1
            } catch {
                #expect((0...64).contains(error.offset))
            }
        }
        #expect(read > 0)
    }
}

extension Cron {
    fileprivate func values(of field: CronField) -> CronValues {
        switch field {
        case .minute: minutes
        case .hour: hours
        case .dayOfMonth: daysOfMonth
        case .month: months
        case .dayOfWeek: daysOfWeek
        }
    }
}
