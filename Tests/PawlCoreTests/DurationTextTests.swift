import Testing

@testable import PawlCore

/// How durations are read from definitions, and written for people.
struct DurationTextTests {
    @Test(
        arguments: [
            ("0s", .zero, "0s"),
            ("0d", .zero, "0s"),
            ("1ns", .nanoseconds(1), "1ns"),
            ("10000000000ns", .seconds(10), "10s"),
            ("2us", .microseconds(2), "2us"),
            ("2\u{b5}s", .microseconds(2), "2us"),
            ("2\u{3bc}s", .microseconds(2), "2us"),
            ("250ms", .milliseconds(250), "250ms"),
            ("1.5ms", .microseconds(1_500), "1.5ms"),
            ("30s", .seconds(30), "30s"),
            ("030s", .seconds(30), "30s"),
            ("1.5s", .milliseconds(1_500), "1.5s"),
            ("1s500ms", .milliseconds(1_500), "1.5s"),
            ("1.000000001s", .nanoseconds(1_000_000_001), "1.000000001s"),
            ("90s", .seconds(90), "1m30s"),
            ("5m", .seconds(300), "5m"),
            ("0.5h", .seconds(1_800), "30m"),
            ("1h30m", .seconds(5_400), "1h30m"),
            ("1h1ns", .seconds(3_600) + .nanoseconds(1), "1h1ns"),
            ("24h", .seconds(86_400), "1d"),
            ("7d", .seconds(604_800), "7d"),
            ("0.000000001d", .microseconds(86) + .nanoseconds(400), "86.4us"),
            ("1.5d12h", .seconds(172_800), "2d"),
            (
                "1d2h3m4s5ms6us7ns", .seconds(93_784) + .nanoseconds(5_006_007),
                "1d2h3m4.005006007s"
            ),
            ("0.123456789ns", Duration(attoseconds: 123_456_789), "0s"),
            ("365000d", .seconds(31_536_000_000), "365000d"),
            ("31536000000000000000ns", .seconds(31_536_000_000), "365000d"),
        ] as [(String, Duration, String)]
    )
    func `a duration is read and written`(text: String, duration: Duration, written: String) throws
    {
        #expect(try Duration(text: text) == duration)
        #expect(duration.text == written)
    }

    @Test(
        arguments: [
            ("", "the text is empty", 0),
            ("5", "a unit is expected", 1),
            ("0", "a unit is expected", 1),
            ("5 m", "a unit is expected", 1),
            ("5m ", "a number is expected", 2),
            (" 5m", "a number is expected", 0),
            ("m", "a number is expected", 0),
            ("-5m", "a duration is never negative", 0),
            ("5m-3s", "a duration is never negative", 2),
            ("+5m", "a number is expected", 0),
            ("5w", "unknown unit \"w\"", 1),
            ("5M", "unknown unit \"M\"", 1),
            ("5min", "unknown unit \"min\"", 1),
            ("5é", "unknown unit \"é\"", 1),
            ("30m1h", "units go from large to small, each once", 4),
            ("1h1h", "units go from large to small, each once", 3),
            (".5h", "a number is expected", 0),
            ("1.h", "a digit is expected after the point", 2),
            ("1.5.5h", "a unit is expected", 3),
            ("1,5h", "a unit is expected", 1),
            ("1e3s", "unknown unit \"e\"", 1),
            ("1.0000000001s", "there are more than 9 decimals", 12),
            ("365001d", "the duration is too long", 0),
            ("365000d1ns", "the duration is too long", 7),
            ("9223372036854775808s", "the duration is too long", 0),
            (String(repeating: "9", count: 28) + "d", "the duration is too long", 0),
            (String(repeating: "9", count: 127) + "d", "the duration is too long", 0),
            (String(repeating: "9", count: 10_000), "the text is longer than 128 bytes", 0),
            ("PT5M", "a number is expected", 0),
            ("٥m", "a number is expected", 0),
        ] as [(String, String, Int)]
    )
    func `what is not a duration is refused with its place`(
        text: String,
        message: String,
        offset: Int
    ) {
        let error = #expect(throws: DurationTextError.self) { try Duration(text: text) }
        #expect(error?.message == message)
        #expect(error?.offset == offset)
        #expect(error?.hint.isEmpty == false)
    }

    @Test func `any duration can be written`() {
        #expect(Duration(attoseconds: .max).text.hasSuffix("s"))
        #expect(Duration(attoseconds: .min).text.hasPrefix("-"))
        #expect(Duration.seconds(-90).text == "-1m30s")
        #expect(Duration(attoseconds: -1).text == "0s")
    }

    @Test func `whole nanoseconds survive their text`() throws {
        var random = SeededGenerator(seed: 3)
        for _ in 0..<5_000 {
            let bits = Int64.random(in: 0...62, using: &random)
            let nanoseconds = Int64.random(in: 0...(1 << bits), using: &random)
            let duration = Duration.nanoseconds(nanoseconds)
            #expect(try Duration(text: duration.text) == duration)
        }
    }
}
