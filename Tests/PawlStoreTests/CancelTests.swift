import FoundationEssentials
import PawlCore
import PawlStore
import PawlTesting
import Postgres
import Testing

/// Ending a run from outside.
@Suite(.database, .timeLimit(.minutes(20)))
struct CancelTests {
    let store = Storeroom()

    @Test func `a cancelled run has nothing left, and says who and why`() async throws {
        try await store.define(.fan(1, people: 1))
        let worker = try await store.worker()
        try await store.settle(try await store.claimNew("fan", for: worker))
        let children = try await store.claim(for: worker)
        try await store.settle(children[1])
        _ = try await store.run { try $0.saveCheckpoint("half", Array("1".utf8), of: children[0]) }
        let run = children[0].run
        #expect(try await store.run { try $0.cancel(run, reason: "enough", by: "ann") })
        for table in ["task", "scope", "checkpoint"] {
            let number = SQL(verbatim: "select count(*) from pawl.\(table)")
            #expect(try await store.count(number) == 0, "\(table)")
        }
        #expect(try await store.status(of: run) == .cancelled)
        let last = try #require(try await store.run { try $0.lastEvent(of: run) })
        #expect(last.kind == "run_cancelled" && last.seq == 3)
        #expect(
            try JSON(parsing: last.data ?? []) == ["reason": "enough", "cancelled_by": "ann"]
        )
        #expect(try await !store.settle(children[0]))
    }

    @Test func `a run is cancelled once`() async throws {
        try await store.define()
        let run = try await store.enqueue()
        let answers = try await withThrowingTaskGroup(of: Bool.self) { group in
            for _ in 1...6 {
                group.addTask {
                    try await store.run { try $0.cancel(run, reason: nil, by: "ann") }
                }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(answers.count { $0 } == 1)
        #expect(try await store.count("select count(*) from pawl.event") == 1)
    }

    @Test func `workers are told of a step that is being executed, and only then`() async throws {
        try await store.define()
        let listener = try await store.connect()
        let heard = try await listener.listen(to: ["pawl_cancel", "end"])
        try await store.execute("select pawl.cancel(\(try await store.enqueue()))")
        let claim = try await store.claimNew(for: store.worker())
        try await store.execute("select pawl.cancel(\(claim.run))")
        try await store.execute("notify \"end\"")
        var payloads: [String] = []
        for await notification in heard {
            if notification.channel == "end" { break }
            payloads.append(notification.payload)
        }
        #expect(payloads == [claim.run.uuidString.lowercased()])
        await listener.close()
    }

    @Test func `a run that does not exist is refused by name`() async throws {
        let none: SQL = "'01900000-0000-7000-8000-000000000000'"
        for call: SQL in ["pawl.cancel(\(none))", "pawl.retry(\(none))"] {
            let refusal = try await store.refusal(of: "select \(call)")
            #expect(refusal?.sqlState == "P0002")
            #expect(refusal?.message == "run 01900000-0000-7000-8000-000000000000 does not exist")
            #expect(refusal?.hint == "pawl runs prints the latest ones")
        }
    }

    @Test func `a reason has a limit, and who gives none is known by the session`() async throws {
        try await store.define()
        let run = try await store.enqueue()
        let refusal = try await store.refusal(
            of: "select pawl.cancel(\(run), repeat('x', 2000000))"
        )
        #expect(refusal?.message == "the reason is larger than 1 MiB")
        try await store.execute("select pawl.cancel(\(run), null, null)")
        #expect(
            try await store.count(
                "select count(*) from pawl.event where data ->> 'cancelled_by' = session_user"
            ) == 1
        )
    }
}
