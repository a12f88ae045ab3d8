import Foundation
import Pawl

/// Another system on PostgreSQL, which a driver in Python puts to the same work.
///
/// `peer.py NAME` knows the words that are used here.
struct Peer: Sendable {
    let name: String
    /// How many one-step jobs, and how many workflows of five steps: what takes it a few seconds.
    let jobs: Int
    let flows: Int
    /// How many times as many steps a second Pawl is to make.
    var lead: Double?

    static let all = [
        Peer(name: "pgmq", jobs: 60_000, flows: 4_000),
        Peer(name: "pgqueuer", jobs: 20_000, flows: 400),
        Peer(name: "awa", jobs: 10_000, flows: 300),
        Peer(name: "oban", jobs: 4_000, flows: 150),
        Peer(name: "chancy", jobs: 4_000, flows: 120),
        Peer(name: "absurd", jobs: 2_000, flows: 300, lead: 50),
        Peer(name: "dbos", jobs: 1_500, flows: 120, lead: 100),
        Peer(name: "procrastinate", jobs: 1_000, flows: 60),
    ]
}

/// What came of a round.
struct PeerScore: Sendable {
    let enqueued: Double
    let drained: Double
    let steps: Double
    /// Bytes of the log for a job, its INSERT left out.
    let wal: Double
    /// Microseconds of all processes, the server's and the worker's, for a job.
    let processor: Double
    /// Milliseconds, of all pick-ups.
    let pickUps: [Double]
}

/// A peer with its database.
struct PeerSite: Sendable {
    let peer: Peer
    let site: BenchSite
    /// A query that has rows while something that was done is not recorded.
    let left: String

    /// Makes what the system needs in the database.
    init(_ peer: Peer, _ site: BenchSite) throws {
        self.peer = peer
        self.site = site
        _ = try Self.python.output(of: [Self.script, peer.name, "setup"], in: site)
        left = try Self.python.output(of: [Self.script, peer.name, "left"], in: site)
    }

    func score(_ effort: Effort) async throws -> PeerScore {
        let jobs = effort.isQuick ? peer.jobs / 2 : peer.jobs
        let flows = effort.isQuick ? peer.flows / 2 : peer.flows
        let enqueued = try seconds(of: "enqueue", "jobs", "\(jobs)")
        let start = try await ServerMeter.read(site)
        let drain = try await work(jobs)
        let end = try await ServerMeter.read(site)
        _ = try seconds(of: "enqueue", "flows", "\(flows)")
        let chain = try await work(Chain.steps * flows)
        return PeerScore(
            enqueued: Double(jobs) / enqueued,
            drained: drain.rate,
            steps: chain.rate,
            wal: (end - start).walBytes / Double(jobs),
            processor: ((end - start).processor + drain.processor) / Double(jobs) * 1e6,
            pickUps: try await pickUps(effort.amount(100, quick: 40))
        )
    }

    /// Lets a worker do so many steps: how many a second it did after the first, until what it
    /// did is recorded, and what it used of the processors.
    private func work(_ steps: Int) async throws -> (rate: Double, processor: Double) {
        let worker = try PeerWorker(self, steps: steps)
        defer { worker.end() }
        try worker.wait(for: "started")
        let start = ContinuousClock.now
        let before = try ProcessorTime.ofFamily(worker.processID)
        try worker.wait(for: "done")
        try await waitUntilRecorded()
        let rate = Double(steps - 1) / start.duration(to: .now).inSeconds
        return (rate, try ProcessorTime.ofFamily(worker.processID) - before)
    }

    /// From the return of an enqueue to the start of its handler, one job after the other.
    private func pickUps(_ count: Int) async throws -> [Double] {
        let worker = try PeerWorker(self, steps: count + 1)
        defer { worker.end() }
        // One that only shows that the worker is awake.
        _ = try call("enqueue", "jobs", "1")
        try worker.wait(for: "started")
        let sent = try times(call("sample", "\(count)"))
        try worker.wait(for: "done")
        // What a worker has not recorded when it ends would be done again, minutes later.
        try await waitUntilRecorded()
        let begun = try times(worker.said)
        return sent.compactMap { number, time in
            begun[number].map { max($0 - time, 0) * 1_000 }
        }
    }

    private func waitUntilRecorded() async throws {
        try await site.wait(until: "not exists (\(SQL(verbatim: left)))")
    }

    /// Lines of a number and a time.
    private func times(_ text: String) throws -> [Int: Double] {
        var times: [Int: Double] = [:]
        for line in text.split(separator: "\n") {
            let words = line.split(separator: " ")
            guard words.count == 2, let number = Int(words[0]), let time = Double(words[1]) else {
                continue
            }
            times[number] = time
        }
        return times
    }

    private func seconds(of words: String...) throws -> Double {
        let text = try call(words)
        guard let seconds = Double(text.trimmingCharacters(in: .whitespacesAndNewlines)) else {
            throw BenchError("\(peer.name) said \"\(text)\" and not how long it took")
        }
        return seconds
    }

    private func call(_ words: String...) throws -> String { try call(words) }

    private func call(_ words: [String]) throws -> String {
        try Self.python.output(of: arguments + words, in: site)
    }

    var arguments: [String] { [Self.script, peer.name] }

    /// The interpreter, and the folder of the drivers, as `scripts/bench --peers` made them.
    static let python = Program(
        path: ProcessInfo.processInfo.environment["BENCH_PYTHON"] ?? "/usr/bin/python3"
    )
    private static let script = "Benchmarks/Peers/Python/peer.py"
}
