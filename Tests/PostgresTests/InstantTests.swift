import Postgres
import Testing

struct InstantTests {
    @Test(arguments: [
        (0, "1970-01-01T00:00:00.000000Z"),
        (-1, "1969-12-31T23:59:59.999999Z"),
        (951_782_400_000_000, "2000-02-29T00:00:00.000000Z"),
        (4_107_542_400_000_000, "2100-03-01T00:00:00.000000Z"),
        (1_772_368_200_250_000, "2026-03-01T12:30:00.250000Z"),
        (-62_135_596_800_000_000, "0001-01-01T00:00:00.000000Z"),
    ])
    func `an instant is written in ISO 8601 and read back`(
        microseconds: Int64,
        text: String
    ) {
        let instant = Instant(microsecondsSince1970: microseconds)
        #expect(instant.description == text)
        #expect(Instant(text) == instant)
    }

    @Test func `each day has one date`() {
        // Some 400 years: every rule of the calendar.
        for day in stride(from: Int64(-80_000), through: 80_000, by: 1) {
            let instant = Instant(microsecondsSince1970: day * 86_400_000_000)
            #expect(Instant(instant.description) == instant)
        }
    }

    @Test func `offsets and decimals are understood`() {
        let noon = Instant("2026-03-01T12:00:00Z")
        #expect(noon != nil)
        for text in [
            "2026-03-01T13:00:00+01:00", "2026-03-01T13:00:00+0100", "2026-03-01 13:00:00.0+01",
            "2026-03-01T06:30:00.0000009-05:30", "2026-03-01t12:00z",
        ] { #expect(Instant(text) == noon, "\(text)") }
        #expect(Instant("infinity") == .infinity)
        #expect(Instant("-infinity") == .negativeInfinity)
    }

    @Test(arguments: [
        "", "2026", "2026-02-29T00:00:00Z", "2026-13-01T00:00:00Z", "2026-01-01T24:00:00Z",
        "2026-01-01T00:00:00", "2026-01-01T00:00:00.Z", "2026-01-01T00:00:00Z ", "26-01-01T00:00Z",
        "2026-01-01T00:60:00Z", "２026-01-01T00:00:00Z",
    ])
    func `what is no instant is refused`(text: String) {
        #expect(Instant(text) == nil)
    }

    @Test func `arithmetic saturates`() {
        let noon = Instant(microsecondsSince1970: 1_000_000)
        #expect(noon + .seconds(2) == Instant(microsecondsSince1970: 3_000_000))
        #expect(noon - .seconds(2) == Instant(microsecondsSince1970: -1_000_000))
        #expect(noon - Instant(microsecondsSince1970: 0) == .seconds(1))
        #expect(noon + .seconds(Int64.max) == .infinity)
        #expect(noon - .seconds(Int64.max) == .negativeInfinity)
        #expect(Instant.infinity - .seconds(1) == .infinity)
        #expect(Instant.negativeInfinity < noon && noon < .infinity)
    }
}
