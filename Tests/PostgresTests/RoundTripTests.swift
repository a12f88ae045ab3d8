import FoundationEssentials
import PawlTesting
import Postgres
import Testing

/// What goes in as a bind comes out of a row unchanged.
@Suite(.emptyDatabase)
struct RoundTripTests {
    let database = TestDatabase.current

    private func echo<Value: PostgresEncodable & PostgresDecodable>(
        _ value: Value
    ) async throws -> Value {
        try await database.pool.run { session in
            let rows = try session.query("select \(value)")
            return try #require(rows.first)[0]
        }
    }

    @Test func `scalars keep their value`() async throws {
        for value in [true, false] { #expect(try await echo(value) == value) }
        for value in [Int16.min, -1, 0, .max] { #expect(try await echo(value) == value) }
        for value in [Int32.min, -1, 0, .max] { #expect(try await echo(value) == value) }
        for value in [Int64.min, -1, 0, .max] { #expect(try await echo(value) == value) }
        for value in [Int.min, -1, 0, .max] { #expect(try await echo(value) == value) }
        for value in [0, -0.0, 1.5, .pi, .infinity, -.infinity, .leastNonzeroMagnitude] {
            #expect(try await echo(value).bitPattern == Double(value).bitPattern)
        }
        #expect(try await echo(Double.nan).isNaN)
        for value in [
            "", "a", "ü 🦉 \u{FEFF}", "a'b\"c\\d\n$1", String(repeating: "x", count: 70_000),
        ] { #expect(try await echo(value) == value) }
        let id = UUID()
        #expect(try await echo(id) == id)
        for value: [UInt8] in [[], [0], [0, 255, 92, 0], Array(repeating: 7, count: 100_000)] {
            #expect(try await echo(value) == value)
        }
        for value: JSONText in ["{}", "null", #"{"b": 1,  "a": [1.0, "\u00fc"]}"#] {
            #expect(try await echo(value) == value)
        }
    }

    @Test func `times keep their microsecond`() async throws {
        let instants = [
            0, 1, -1, 946_684_800_000_000, 253_402_300_799_999_999, -62_135_596_800_000_000,
        ]
        for microseconds in instants {
            let instant = Instant(microsecondsSince1970: Int64(microseconds))
            #expect(try await echo(instant) == instant)
        }
        #expect(try await echo(Instant.infinity) == .infinity)
        #expect(try await echo(Instant.negativeInfinity) == .negativeInfinity)
        for duration: Duration in [.zero, .microseconds(-1), .seconds(86_400 * 40_000)] {
            #expect(try await echo(duration) == duration)
        }
    }

    @Test func `optionals keep nil`() async throws {
        #expect(try await echo(Int?.none) == nil)
        #expect(try await echo(Int?.some(3)) == 3)
        #expect(try await echo(String?.none) == nil)
        #expect(try await echo(String?.some("")) == "")
        #expect(try await echo([UInt8]?.none) == nil)
        #expect(try await echo([UInt8]?.some([])) == [])
        #expect(try await echo([Int]?.none) == nil)
        #expect(try await echo(JSONText?.none) == nil)
    }

    @Test func `arrays keep order, nulls and emptiness`() async throws {
        #expect(try await echo([Int]()) == [])
        #expect(try await echo([1, -2, .max]) == [1, -2, .max])
        #expect(try await echo([1, nil, 3] as [Int?]) == [1, nil, 3])
        #expect(try await echo([nil, nil] as [Int16?]) == [nil, nil])
        #expect(try await echo([1, 2] as [Int32]) == [1, 2])
        #expect(try await echo([1, 2] as [Int64]) == [1, 2])
        #expect(try await echo([true, false]) == [true, false])
        #expect(try await echo([0.5, -1]) == [0.5, -1])
        #expect(try await echo(["", "a,b", "{\"}", "NULL"]) == ["", "a,b", "{\"}", "NULL"])
        #expect(try await echo(["", nil, "x"] as [String?]) == ["", nil, "x"])
        #expect(try await echo([[], [0, 1], [255]] as [[UInt8]]) == [[], [0, 1], [255]])
        #expect(try await echo([[1], nil] as [[UInt8]?]) == [[1], nil])
        let ids = [UUID(), UUID()]
        #expect(try await echo(ids) == ids)
        let instants = [Instant(microsecondsSince1970: 5), .infinity]
        #expect(try await echo(instants) == instants)
        #expect(try await echo([.seconds(1), .zero] as [Duration]) == [.seconds(1), .zero])
        #expect(try await echo(["{}", nil] as [JSONText?]) == ["{}", nil])
    }

    @Test func `arrays of several types unnest side by side`() async throws {
        let rows = try await database.pool.run { session in
            try session.query(
                """
                select id, name, body::jsonb->>'n' as n
                from unnest(\([1, 2]), \(["a", nil] as [String?]), \(["{\"n\":7}", "{}"] as [JSONText]))
                  as t (id, name, body)
                order by id
                """
            )
        }
        #expect(rows.count == 2)
        #expect(try rows[0]["id"] == 1)
        #expect(try rows[0]["name"] == "a")
        #expect(try rows[0]["n"] == "7")
        #expect(try rows[1]["name"] == String?.none)
        #expect(try rows[1]["n"] == String?.none)
    }

    @Test func `jsonb comes back as its text`() async throws {
        let document: JSONText = "{\"b\":1,\"a\":2}"
        let rows = try await database.pool.run { try $0.query("select \(document)::jsonb") }
        #expect(try rows[0].decode(JSONText.self, at: 0) == "{\"a\": 2, \"b\": 1}")
    }

    @Test func `types with a raw value need no code`() async throws {
        #expect(try await echo(Colour.green) == .green)
        #expect(try await echo([Number(rawValue: 3)]) == [Number(rawValue: 3)])
        await #expect {
            try await database.pool.run { session in
                let rows = try session.query("select 'blue'::text as colour")
                let _: Colour = try rows[0]["colour"]
            }
        } throws: { error in
            (error as? PostgresError)?.message
                == "cannot decode column \"colour\" of type text: \"blue\" is no Colour"
        }
    }

    @Test func `enums of the database are text`() async throws {
        let rows = try await database.pool.run { session in
            try session.script("create type mood as enum ('calm', 'wild')")
            return try session.query("select \("calm")::mood, array['wild']::mood[]")
        }
        #expect(try rows[0][0] == "calm")
        #expect(try rows[0][1] == ["wild"])
    }
}

private enum Colour: String, PostgresEncodable, PostgresDecodable { case red, green }

private struct Number: RawRepresentable, Hashable, PostgresEncodable, PostgresDecodable {
    let rawValue: Int
}
