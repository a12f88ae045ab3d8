import Testing

@testable import PawlCore

/// What is said about texts that are no specs.
struct TickSpecRefusalTests {
    @Test(
        arguments: [
            ("", "minute", 0, "the field is missing", "five fields"),
            ("   ", "minute", 3, "the field is missing", "five fields"),
            ("* * * *", "day of week", 7, "the field is missing", "five fields"),
            ("* * * * * * *", nil, 12, "there are more than six fields", "five fields"),
            ("60 * * * *", "minute", 0, "60 is out of range", "0 to 59"),
            ("* 24 * * *", "hour", 2, "24 is out of range", "0 to 23"),
            ("* * 0 * *", "day of month", 4, "0 is out of range", "1 to 31"),
            ("* * 32 * *", "day of month", 4, "32 is out of range", "1 to 31"),
            ("* * * 13 *", "month", 6, "13 is out of range", "1 to 12 or jan to dec"),
            ("* * * * 8", "day of week", 8, "8 is out of range", "0 to 7 or sun to sat"),
            ("* * * foo *", "month", 6, "\"foo\" is not allowed", "jan to dec"),
            ("* * * mon *", "month", 6, "\"mon\" is not allowed", "jan to dec"),
            ("* * * * thurs", "day of week", 8, "\"thurs\" is not allowed", "sun to sat"),
            ("* * * * jan", "day of week", 8, "\"jan\" is not allowed", "sun to sat"),
            ("* jan * * *", "hour", 2, "\"jan\" is not allowed", "0 to 23"),
            ("L * * * *", "minute", 0, "\"L\" is not allowed", "0 to 59"),
            ("* ? * * *", "hour", 2, "\"?\" is not allowed", "0 to 23"),
            ("* * ?,5 * *", "day of month", 5, "? is not alone", "without anything else"),
            ("* * ?/2 * *", "day of month", 5, "? is not alone", "without anything else"),
            ("* * 5#2 * *", "day of month", 5, "\"#\" is not allowed", "LW, 15W"),
            ("* * * * 5#6", "day of week", 10, "6 is out of range", "#1 to #5"),
            ("* * * * 5#", "day of week", 10, "a value is missing", "#1 to #5"),
            ("* * * * L", "day of week", 8, "\"L\" is not allowed", "sun to sat, friL"),
            ("* * * * 5W", "day of week", 9, "\"W\" is not allowed", "friL, mon#2"),
            ("* * * * 5L-3", "day of week", 10, "\"-\" is not allowed", "friL, mon#2"),
            ("* * 1-5W * *", "day of month", 7, "\"W\" is not allowed", "15W"),
            ("* * L-0 * *", "day of month", 6, "0 is out of range", "L-1 to L-30"),
            ("* * L-31 * *", "day of month", 6, "31 is out of range", "L-1 to L-30"),
            ("* * LL * *", "day of month", 5, "\"L\" is not allowed", "L-3"),
            ("* * L/2 * *", "day of month", 5, "\"/\" is not allowed", "L-3"),
            ("* * 32W * *", "day of month", 4, "32 is out of range", "1 to 31"),
            ("60 * * * * *", "second", 0, "60 is out of range", "0 to 59"),
            ("* 60 * * * *", "minute", 2, "60 is out of range", "0 to 59"),
            (
                "*/99999999999999999999 * * * *", "minute", 2,
                "99999999999999999999 is out of range", "1 to 60"
            ),
            ("0\0 * * * *", "minute", 1, "byte 0 is not allowed", "steps /n"),
            ("\u{1f552} * * * *", "minute", 0, "byte 240 is not allowed", "0 to 59"),
            ("-1 * * * *", "minute", 0, "\"-\" is not allowed", "0 to 59"),
            ("1--100000000 * * * *", "minute", 2, "\"-\" is not allowed", "0 to 59"),
            ("1- * * * *", "minute", 2, "a value is missing", "0 to 59"),
            ("1,,2 * * * *", "minute", 2, "\",\" is not allowed", "0 to 59"),
            ("1, 2 * * *", "minute", 2, "a value is missing", "0 to 59"),
            ("5-1 * * * *", "minute", 0, "the range runs backwards", "two ranges"),
            ("* 22-6 * * *", "hour", 2, "the range runs backwards", "two ranges"),
            ("*/0 * * * *", "minute", 2, "0 is out of range", "1 to 60"),
            ("*/61 * * * *", "minute", 2, "61 is out of range", "1 to 60"),
            ("* 0/25 * * *", "hour", 4, "25 is out of range", "1 to 24"),
            ("*/ * * * *", "minute", 2, "a value is missing", "1 to 60"),
            ("*/*/2 * * * *", "minute", 2, "\"*\" is not allowed", "1 to 60"),
            ("*/2/2 * * * *", "minute", 3, "\"/\" is not allowed", "steps /n"),
            ("1-2-3 * * * *", "minute", 3, "\"-\" is not allowed", "steps /n"),
            ("*-5 * * * *", "minute", 1, "\"-\" is not allowed", "steps /n"),
            ("1.5 * * * *", "minute", 1, "\".\" is not allowed", "steps /n"),
            ("* * * *\n*", "month", 7, "byte 10 is not allowed", "steps /n"),
            ("é * * * *", "minute", 0, "byte 195 is not allowed", "0 to 59"),
            (
                "99999999999999999999 * * * *", "minute", 0, "99999999999999999999 is out of range",
                "0"
            ),
            ("@reboot", nil, 0, "unknown abbreviation", "@daily"),
            ("@daily\u{1f552}", nil, 0, "unknown abbreviation", "@daily"),
            ("@every", "interval", 6, "the interval is missing or zero", "1h30m"),
            ("@every 0s", "interval", 7, "the interval is missing or zero", "1h30m"),
            ("@every PT", "interval", 9, "a whole number and a unit are expected", "1h30m"),
            ("@every 90", "interval", 7, "a whole number and a unit are expected", "1h30m"),
            ("@every -5s", "interval", 7, "a whole number and a unit are expected", "1h30m"),
            ("@every 1.5s", "interval", 7, "a whole number and a unit are expected", "1h30m"),
            ("@every 5ms", "interval", 9, "a whole number and a unit are expected", "1h30m"),
            ("@every 1m1h", "interval", 9, "a whole number and a unit are expected", "1h30m"),
            ("@every 1m1m", "interval", 9, "a whole number and a unit are expected", "1h30m"),
            ("@every P1H", "interval", 8, "a whole number and a unit are expected", "1h30m"),
            ("@every PT1D", "interval", 9, "a whole number and a unit are expected", "1h30m"),
            ("@every 3651d", "interval", 7, "the interval is longer than 3650 days", "1s to 3650d"),
            ("@every 3650d1s", "interval", 12, "the interval is longer than 3650 days", "1s"),
            (
                "@every 99999999999999999999d", "interval", 7,
                "the interval is longer than 3650 days", "1s to 3650d"
            ),
            (
                "@every 9223372036854775807h", "interval", 7,
                "the interval is longer than 3650 days", "1s to 3650d"
            ),
            ("@every 5s 5s", nil, 10, "something other than \"from\" follows the interval", "from"),
            (
                "@every 5s from", nil, 10, "something other than \"from\" follows the interval",
                "from"
            ),
            ("@every 5s from 2026-01-01T00:00", "anchor", 15, "it is not one instant", "offset"),
            ("@every 5s from 2026-01-01T00:00Z x", "anchor", 15, "it is not one instant", "hh:mm"),
            ("@every 5s from 1899-12-31T00:00Z", "anchor", 15, "the year is out of range", "1900"),
            ("@at", "instant 1", 3, "it is not a date and time", "YYYY-MM-DDThh:mm"),
            ("@at 2026-02-29T00:00", "instant 1", 4, "it is not a date and time", "YYYY"),
            ("@at 2026-02-28T24:00", "instant 1", 4, "it is not a date and time", "YYYY"),
            ("@at 2026-02-28", "instant 1", 4, "it is not a date and time", "YYYY"),
            ("@at 2026-02-28T00:00+1:00", "instant 1", 4, "it is not a date and time", "YYYY"),
            ("@at 2026-02-28T00:00,", "instant 2", 21, "it is not a date and time", "YYYY"),
            ("@at 2026-02-28T00:00,,", "instant 2", 21, "it is not a date and time", "YYYY"),
            ("@at 2026-02-28T00:00 2026", "instant 1", 21, "something follows it", "commas"),
            ("@at 2026-02-28T00:00x", "instant 1", 20, "something follows it", "commas"),
            ("@at 2500-01-01T00:00Z", "instant 1", 4, "the year is out of range", "1900 to 2499"),
            ("@at 9999-12-31T23:59", "instant 1", 4, "the year is out of range", "1900 to 2499"),
            ("@daily 5", nil, 0, "unknown abbreviation", "@daily"),
            (
                String(repeating: "1,", count: 5_000), nil, 256,
                "the text is longer than 256 bytes", "several specs"
            ),
        ] as [(String, String?, Int, String, String)]
    )
    func `what is not a spec is refused with its field and place`(
        text: String,
        field: String?,
        offset: Int,
        message: String,
        hint: String
    ) {
        let error = #expect(throws: SpecError.self) { try TickSpec(parsing: text) }
        #expect(error?.field == field)
        #expect(error?.offset == offset)
        #expect(error?.message == message)
        #expect(error?.hint.contains(hint) == true, "\(error?.hint ?? "")")
    }

    @Test func `an error reads as one sentence`() {
        let error = #expect(throws: SpecError.self) { try TickSpec(parsing: "0 24 * * *") }
        #expect(
            error?.description
                == "cannot read hour of spec: 24 is out of range, at byte 2 (allowed: 0 to 23)"
        )
    }

    /// Half of the texts are specs in which something was changed, so that many are nearly right.
    @Test func `random texts are read or refused, and what is read can be asked`() throws {
        var random = SeededGenerator(seed: 4)
        let alphabet = Array("0123456789*/-,, \tLWTZ#?:+@monjanfrieverydhatPS\u{e9}\0\u{1f552}")
        let seeds = [
            "0 9-17/2 L-3,15W jan-mar friL,mon#2", "*/10 * 8 ? * mon-fri", "@every 1h30m",
            "@every 90s from 2026-01-01T00:00:00Z", "@at 2026-05-01T08:00,2026-06-01T08:00+02:00",
        ]
        let berlin = try Zone(named: "Europe/Berlin")
        var read = 0
        for _ in 0..<20_000 {
            var letters = Array(seeds.randomElement(using: &random) ?? "")
            if Bool.random(using: &random) { letters = [] }
            for _ in 0..<Int.random(in: 1...(letters.isEmpty ? 12 : 2), using: &random) {
                guard let letter = alphabet.randomElement(using: &random) else { continue }
                let place = Int.random(in: 0...letters.count, using: &random)
                if place < letters.count, Bool.random(using: &random) {
                    letters[place] = letter
                } else {
                    letters.insert(letter, at: place)
                }
            }
            let text = String(letters)
            do {
                let timetable = Timetable(try TickSpec(parsing: text), in: berlin)
                #expect(!timetable.explanation.isEmpty)
                let instant = Int64.random(in: .min ... .max, using: &random)
                if let next = timetable.next(after: instant) { #expect(next > instant) }
                read += 1
            } catch {
                #expect((0...text.utf8.count).contains(error.offset))
                #expect(error.description.utf8.count < 700)
            }
        }
        #expect(read > 200)
    }
}
