import Foundation
import LocalPostgres
import Pawl
import PawlStore
import PawlTesting
import Synchronization
import Testing

/// A durable server and worker processes that may be harmed.
final class CrashSite: Sendable {
    private let server: LocalServer
    private let folder: URL
    let pool: Pool
    /// The lease of the workers; short, so that what one held is soon taken over.
    private let lease: Duration
    private let workers = Mutex<[Foundation.Process]>([])

    private init(_ server: LocalServer, _ folder: URL, _ lease: Duration) {
        self.server = server
        self.folder = folder
        self.lease = lease
        pool = Pool(server.configuration)
    }

    static func make(
        _ definitions: [String] = [graph],
        lease: Duration = .seconds(2)
    ) async throws -> CrashSite {
        let folder = FileManager.default.temporaryDirectory
            .appendingPathComponent("pawl-crash-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let server = try await LocalServer.start(in: folder.path)
        let site = CrashSite(server, folder, lease)
        try await site.pool.run { session in
            try session.migrate()
            for text in definitions {
                _ = try session.define(
                    Definition(json: JSON(parsing: text.utf8)),
                    makesCurrent: true
                )
            }
            _ = try session.execute(
                "create table effect (run_id uuid, path text, visit int, fence bigint)"
            )
        }
        return site
    }

    static let graph = """
        {"id": "order",
         "nodes": [{"id": "start", "type": "start"}, {"id": "first", "type": "think"},
                   {"id": "both", "type": "parallel"},
                   {"id": "a", "type": "pay", "parent": "both"},
                   {"id": "b", "type": "think", "parent": "both"},
                   {"id": "last", "type": "pay"}, {"id": "end", "type": "end"}],
         "edges": [{"source": "start", "target": "first"}, {"source": "first", "target": "both"},
                   {"source": "both", "target": "last"}, {"source": "last", "target": "end"}]}
        """

    func enqueue(_ runs: Int) async throws {
        try await pool.run { session in
            _ = try session.execute(
                """
                insert into pawl.run (workflow, key, input)
                select 'order', 'order ' || n, jsonb_build_object('n', n)
                from generate_series(1, \(runs)) n
                """
            )
        }
    }

    /// Works off the runs with three workers while one blow after the other falls.
    func work(until runs: Int, seed: UInt64) async throws {
        var chance = Chance(seed: seed)
        for _ in 1...3 { try hire() }
        var blows = 0
        while try await ended() < runs {
            let before = try await ended()
            // A blow falls when some work was done since the last one, so that work goes on.
            try await eventually("work goes on", within: .seconds(60)) {
                let now = try await self.ended()
                return now >= min(before + max(runs / 60, 5), runs)
            }
            guard try await ended() < runs else { break }
            blows += 1
            switch Int.random(in: 0..<10, using: &chance) {
            case 0..<6: try replaceOne(using: &chance)
            case 6..<9:
                let victim = try #require(workers.withLock { $0.randomElement(using: &chance) })
                kill(victim.processIdentifier, SIGSTOP)
                try await rescued(victim.processIdentifier)
                kill(victim.processIdentifier, SIGCONT)
            default:
                try await server.crash()
                try await server.restart()
            }
        }
        #expect(blows >= 5, "the workers were harmed too little for this to mean anything")
    }

    /// Stops a worker that holds steps until they were rescued and done, then lets it go on.
    func zombie() async throws {
        try hire()
        try await eventually("the worker holds steps") {
            try await self.count("select count(*) from pawl.task where worker is not null") > 0
        }
        let zombie = try #require(workers.withLock { $0.first })
        kill(zombie.processIdentifier, SIGSTOP)
        try hire()
        try await eventually("all runs have ended", within: .seconds(60)) {
            try await self.ended() == 200
        }
        let events = try await count("select count(*) from pawl.event")
        let effects = try await count("select count(*) from effect")
        kill(zombie.processIdentifier, SIGCONT)
        try await eventually("the zombie has registered anew") {
            try await self.count(
                """
                select count(*) from pawl.worker
                where pid = \(zombie.processIdentifier) and lost_at is null
                """
            ) == 1
        }
        #expect(try await count("select count(*) from pawl.event where kind = 'step_lost'") > 0)
        #expect(try await count("select count(*) from pawl.event") == events)
        #expect(try await count("select count(*) from effect") == effects)
    }

    /// Every run ended well, every effect is there once, and every invariant holds.
    func check(_ runs: Int) async throws {
        #expect(try await count("select count(*) from pawl.run where status = 'completed'") == runs)
        #expect(try await count("select count(*) from effect") == 2 * runs)
        #expect(
            try await count(
                "select count(*) from (select distinct run_id, path, visit from effect) e"
            )
                == 2 * runs
        )
        // The effect that stands is that of the attempt whose result stands.
        #expect(
            try await count(
                """
                select count(*) from effect e
                join pawl.event v using (run_id, path, visit)
                where v.kind = 'step_completed' and (v.data ->> 'fence')::bigint = e.fence
                """
            ) == 2 * runs
        )
        for (invariant, violations) in try await pool.run({ try $0.verify() }) {
            #expect(violations.isEmpty, "\(invariant.statement)")
        }
    }

    func clear() async {
        for worker in workers.withLock({ $0 }) {
            kill(worker.processIdentifier, SIGKILL)
            worker.waitUntilExit()
        }
        await pool.close()
        do {
            try await server.stop()
            try FileManager.default.removeItem(at: folder)
        } catch {
            Issue.record(error, "the crash site could not be cleared")
        }
    }

    func ended() async throws -> Int {
        try await count("select count(*) from pawl.run where ended_at is not null")
    }

    /// The number that a statement returns, also when the server is being restarted.
    func count(_ statement: SQL) async throws -> Int {
        try await eventually("the server answers", within: .seconds(60)) { () -> Int? in
            do {
                return try await self.pool.run {
                    try $0.query(statement)[0].decode(Int.self, at: 0)
                }
            } catch let error as PostgresError where error.remedy != .bug {
                return nil
            }
        }
    }

    private func rescued(_ process: Int32) async throws {
        try await eventually("the stopped worker was given up", within: .seconds(60)) {
            try await self.count(
                "select count(*) from pawl.worker where pid = \(process) and lost_at is null"
            ) == 0
        }
    }

    /// Kills a worker, and starts another one.
    func replaceOne(using chance: inout Chance) throws {
        let victim = workers.withLock { workers in
            workers.remove(at: Int.random(in: workers.indices, using: &chance))
        }
        kill(victim.processIdentifier, SIGKILL)
        victim.waitUntilExit()
        try hire()
    }

    func hire() throws {
        let worker = Foundation.Process()
        worker.executableURL = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
            .deletingLastPathComponent().appendingPathComponent("crash-worker")
        let database = server.configuration
        worker.arguments = [
            "host=\(database.host ?? "") port=\(database.port ?? 0) user=postgres dbname=postgres",
            "\(Int(lease / .milliseconds(1)))",
        ]
        worker.standardInput = FileHandle.nullDevice
        worker.standardError = FileHandle.nullDevice
        try worker.run()
        workers.withLock { $0.append(worker) }
    }
}

/// The same numbers for the same seed.
struct Chance: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
        return mixed ^ (mixed >> 31)
    }
}
