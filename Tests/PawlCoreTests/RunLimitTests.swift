import Testing

@testable import PawlCore

/// How definitions say what they are limited to.
struct RunLimitTests {
    private func definition(_ limits: JSON) throws -> Definition {
        try Definition(json: [
            "id": "mail", "nodes": [["id": "send", "type": "send"]], "limits": limits,
        ])
    }

    @Test func `a number is the runs at the same time`() throws {
        let limits = try definition(["concurrency": 5]).settings.limits
        #expect(limits == RunLimits(concurrency: .init(5)))
        #expect(
            limits.ways(of: "mail") == [
                .init(name: "mail/concurrency", key: [], terms: .init(concurrency: 5))
            ]
        )
    }

    @Test func `all of it is read`() throws {
        let limits = try definition([
            "concurrency": ["limit": 1, "key": "input.customer.id", "total": 20],
            "rate": ["limit": 100, "per": "1m", "key": "input.region"],
            "shared": ["smtp", ["name": "cpu", "key": "input.host"]],
            "weight": "input.tokens",
            "steps": 10,
        ]).settings.limits
        #expect(
            limits
                == RunLimits(
                    concurrency: .init(1, of: "input.customer.id", total: 20),
                    rate: .init(100, per: .seconds(60), of: "input.region"),
                    shared: [.init("smtp"), .init("cpu", of: "input.host")],
                    weight: .path("input.tokens")
                )
        )
        #expect(
            limits.ways(of: "mail").map(\.key) == [["customer", "id"], [], ["host"], ["region"]]
        )
        #expect(limits.weightRule == "tokens")
    }

    @Test(arguments: [
        #"{"concurrency": -1}"#, #"{"concurrency": "many"}"#, #"{"concurrency": {}}"#,
        #"{"concurrency": {"limit": 1, "key": "customer"}}"#,
        #"{"concurrency": {"limit": 1, "key": "input"}}"#,
        #"{"concurrency": {"limit": 1, "key": "input[\"a.b\"]"}}"#,
        #"{"rate": 5}"#, #"{"rate": {"limit": 5}}"#, #"{"rate": {"limit": -5, "per": "1m"}}"#,
        #"{"rate": {"limit": 5, "per": "1ms"}}"#, #"{"rate": {"limit": 5, "per": "soon"}}"#,
        #"{"shared": "smtp"}"#, #"{"shared": [""]}"#, #"{"shared": [{"key": "input.a"}]}"#,
        #"{"weight": -1}"#, #"{"weight": "tokens"}"#, #"{"weight": true}"#,
    ])
    func `what is no limit is refused`(text: String) throws {
        let json = try JSON(parsing: text.utf8)
        #expect(throws: InvalidDefinition.self) { try definition(json) }
    }

    @Test func `a job's limits are in its text, and are read from it again`() throws {
        let limits = RunLimits(
            concurrency: .init(1, of: "input.customer", total: 3),
            rate: .init(2.5, per: .seconds(90)),
            shared: [.init("smtp", of: "input.host")],
            weight: .number(2)
        )
        let job = Definition.job("mail", limits: limits)
        #expect(try Definition(json: job.json).settings.limits == limits)
        #expect(Definition.job("mail").json["limits"] == nil)
    }

    @Test func `a misspelt member is told`() throws {
        let report = Definition.check([
            "id": "mail", "nodes": [["id": "send", "type": "send"]],
            "limits": ["concurrency": ["limit": 1, "keys": "input.a"]],
        ])
        #expect(report.warnings.contains { $0.place == "limits.concurrency.keys" })
    }
}
