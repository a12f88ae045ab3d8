import Pawl
import PawlTesting
import Postgres
import Testing

/// What becomes of settlements when somebody else has locked what they change.
@Suite(.database, .timeLimit(.minutes(20)))
struct ForeignLockTests {
    let shop = Workshop()

    @Test func `a parent's step that somebody has locked holds up no other run`() async throws {
        try await shop.client.define(.job("slow"))
        try await shop.client.define(.job("quick"))
        try await shop.define(
            "parent",
            ["call"],
            #"{"id": "call", "type": "workflow", "config": {"workflow": "slow"}}"#
        )
        let gate = Gate()
        let slow = Handler.job("slow") { (_: JSON, _) in
            await gate.pass()
            return Done()
        }
        let quick = Handler.job("quick") { (_: JSON, _) in Done() }
        let locker = try Connection(shop.database.configuration)
        try await locker.open()
        try await shop.withWorker([slow, quick]) {
            let parent = try await shop.client.enqueue("parent", JSON.object([:]))
            try await shop.wait(for: parent, toBe: .waiting)
            try await locker.run { session in
                try session.begin()
                _ = try session.query("select from pawl.task where run_id = \(parent) for update")
            }
            await gate.open()
            for _ in 1...3 {
                let run = try await shop.client.enqueue("quick", JSON.object([:]))
                try await shop.wait(for: run, toBe: .completed)
            }
            #expect(try await shop.client.status(of: parent) == .waiting)
            try await locker.run { try $0.rollback() }
            try await shop.wait(for: parent, toBe: .completed)
        }
        await locker.close()
    }
}
