import PawlTesting
import Postgres
import Testing

/// What a row says when it is read wrongly.
@Suite(.emptyDatabase)
struct DecodingTests {
    let database = TestDatabase.current

    private func message<Value: PostgresDecodable>(
        _ type: Value.Type,
        from sql: SQL
    ) async throws -> String {
        let rows = try await database.pool.run { try $0.query(sql) }
        do {
            _ = try rows[0].decode(Value.self, at: 0)
        } catch {
            #expect(error.remedy == .bug)
            return error.message
        }
        return "no error"
    }

    @Test func `null into a type without null names the column`() async throws {
        #expect(
            try await message(Int.self, from: "select null::bigint as age")
                == "cannot decode null in column \"age\" as Int"
        )
        #expect(
            try await message([Int].self, from: "select array[1, null]::bigint[] as ages")
                == "cannot decode null in column \"ages\" as Int"
        )
    }

    @Test func `another type names column and both types`() async throws {
        #expect(
            try await message(Int.self, from: "select 'x'::text as age")
                == "cannot decode column \"age\" of type text as Int"
        )
        #expect(
            try await message(Double.self, from: "select 1.5 as price")
                == "cannot decode column \"price\" of type numeric as Double"
        )
        #expect(
            try await message([Int].self, from: "select 1::bigint as ids")
                == "cannot decode column \"ids\" of type bigint as Array<Int>"
        )
        #expect(
            try await message([Int].self, from: "select array['a']::text[] as ids")
                == "cannot decode column \"ids\" of type text as Int"
        )
    }

    @Test func `narrow integers widen`() async throws {
        let rows = try await database.pool.run { session in
            try session.query("select 1::smallint, 2::integer, array[3]::integer[]")
        }
        #expect(try rows[0][0] == 1)
        #expect(try rows[0][1] == 2)
        #expect(try rows[0][2] == [3])
        #expect(throws: PostgresError.self) { try rows[0].decode(Int16.self, at: 1) }
    }

    @Test func `an unknown column names those there are`() async throws {
        let rows = try await database.pool.run { try $0.query("select 1 as a, 2 as b") }
        #expect {
            let _: Int = try rows[0]["c"]
        } throws: { error in
            "\(error)" == "the result has no column \"c\"; hint: its columns are a, b"
        }
    }

    @Test func `intervals with months are no durations`() async throws {
        #expect(
            try await message(Duration.self, from: "select '1 month'::interval as wait")
                == "cannot decode column \"wait\" of type interval: "
                + "an interval with months has no fixed duration"
        )
        let rows = try await database.pool.run { try $0.query("select '2 days 3 s'::interval") }
        #expect(try rows[0][0] == Duration.seconds(2 * 86_400 + 3))
    }

    @Test func `arrays of two dimensions are refused`() async throws {
        #expect(
            try await message([Int].self, from: "select '{{1,2},{3,4}}'::bigint[] as grid")
                == "cannot decode column \"grid\" of type bigint[]: "
                + "it has more than one dimension"
        )
    }

    @Test func `an empty result is a collection without rows`() async throws {
        let rows = try await database.pool.run { try $0.query("select 1 as a where false") }
        #expect(rows.isEmpty)
        #expect(rows.columnNames == ["a"])
        #expect(try rows.map { row throws(PostgresError) -> Int in try row[0] } == [])
    }

    @Test func `a row outlives its result`() async throws {
        let row = try await database.pool.run { try $0.query("select \("kept")").first }
        #expect(try #require(row).decode(String.self, at: 0) == "kept")
        #expect(try #require(row).bytes(at: 0) { $0.map { [UInt8]($0) } } == Array("kept".utf8))
    }
}
