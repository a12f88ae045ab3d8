import FoundationEssentials
import Pawl
import PawlTesting
import Testing

/// Circuit breakers that workers share.
@Suite(.database, .timeLimit(.minutes(20)))
struct BreakerTests {
    let shop = Workshop()

    private func define() async throws {
        try await shop.define(
            "call",
            ["call"],
            #"{"id": "call", "type": "call", "breaker": {"name": "api", "failures": 3, "cooldown": "1m"}}"#
        )
    }

    @Test func `after failures in a row no worker tries, then one attempt probes`() async throws {
        try await define()
        let (calls, gate, health) = (Tally(), Gate(), Tally())
        let call = Handler("call", retry: .never) { (_: JSON, _) -> Done in
            let number = await calls.up()
            if await health.count == 0 { throw HandlerError.permanent("down") }
            if number == 4 { await gate.pass() }
            return Done()
        }
        try await shop.withWorker([call]) {
            try await shop.withWorker([call]) {
                for _ in 1...3 { try await shop.run("call", toBe: .failed) }
                #expect(await calls.count == 3)
                for _ in 1...6 {
                    let run = try await shop.run("call", toBe: .failed)
                    #expect(try await shop.end(of: run)?["code"] == "CIRCUIT_OPEN")
                }
                #expect(await calls.count == 3)
                try await shop.database.advanceClock(by: .seconds(61))
                await health.up()
                let probe = try await shop.client.enqueue("call", JSON.object([:]))
                try await eventually("one probes") { await calls.count == 4 }
                let other = try await shop.run("call", toBe: .failed)
                #expect(try await shop.end(of: other)?["code"] == "CIRCUIT_OPEN")
                await gate.open()
                try await shop.wait(for: probe, toBe: .completed)
                try await shop.run("call")
                #expect(try await shop.count("select failures from pawl.breaker") == 0)
            }
        }
    }

    @Test func `a probe that fails opens the breaker for another cooldown`() async throws {
        try await define()
        let calls = Tally()
        try await shop.withWorker([
            Handler("call", retry: .never) { (_: JSON, _) -> Done in
                await calls.up()
                throw HandlerError.permanent("down")
            }
        ]) {
            for _ in 1...3 { try await shop.run("call", toBe: .failed) }
            try await shop.database.advanceClock(by: .seconds(61))
            try await shop.run("call", toBe: .failed)
            #expect(await calls.count == 4)
            let run = try await shop.run("call", toBe: .failed)
            #expect(await calls.count == 4)
            #expect(try await shop.end(of: run)?["code"] == "CIRCUIT_OPEN")
        }
    }

    @Test func `a success closes the count: only failures in a row open`() async throws {
        try await define()
        let calls = Tally()
        let call = Handler("call", retry: .never) { (_: JSON, _) -> Done in
            if await calls.up() % 3 != 0 { throw HandlerError.permanent("down") }
            return Done()
        }
        try await shop.withWorker([call]) {
            for n in 1...9 { try await shop.run("call", toBe: n % 3 == 0 ? .completed : .failed) }
            #expect(await calls.count == 9)
        }
    }
}
