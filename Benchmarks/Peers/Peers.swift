import Foundation
import Pawl
import PawlStore

/// Pawl beside other systems: the same work, on the same server, in the same rounds.
enum Peers {
    static func workload(_ arguments: Arguments) -> Workload {
        let only = arguments.text("peers")?.split(separator: ",").map(String.init)
        let peers = Peer.all.filter { only?.contains($0.name) ?? true }
        return Workload(name: "peers", title: "other systems") { site, effort in
            var contenders: [(String, () async throws -> PeerScore)] = [
                ("Pawl", { try await own(site, effort) })
            ]
            return try await with(peers[...], []) { sites in
                for peer in sites {
                    contenders.append((peer.peer.name, { try await peer.score(effort) }))
                }
                let rounds = try await Rounds.take(effort, contenders)
                return figures(rounds, sites.map(\.peer))
            }
        }
    }

    /// Makes the databases of all peers, one inside the other.
    private static func with(
        _ peers: ArraySlice<Peer>,
        _ sites: [PeerSite],
        _ body: ([PeerSite]) async throws -> [Figure]
    ) async throws -> [Figure] {
        guard let peer = peers.first else { return try await body(sites) }
        return try await BenchSite.with("peer_\(peer.name)", on: .bench(), isMigrated: false) {
            site in
            var sites = sites
            do {
                sites.append(try PeerSite(peer, site))
            } catch {
                // Some do not install everywhere.
                Bench.note("  \(peer.name) is left out: \(error)")
            }
            return try await with(peers.dropFirst(), sites, body)
        }
    }

    private static func figures(_ rounds: Rounds<PeerScore>, _ peers: [Peer]) -> [Figure] {
        (["Pawl"] + peers.map(\.name)).flatMap { name in
            let lead = peers.first { $0.name == name }?.lead
            return [
                Figure("drain", "jobs/s", rounds.samples(name, \.drained), subject: name),
                Figure("bulk enqueue", "jobs/s", rounds.samples(name, \.enqueued), subject: name),
                Figure(
                    "five-step workflows",
                    "steps/s",
                    rounds.samples(name, \.steps),
                    subject: name
                ),
                Figure(
                    "Pawl's steps to its own",
                    "times",
                    rounds.ratios("Pawl", to: name, \.steps),
                    goal: lead.map { .atLeast($0) },
                    subject: name
                ),
                Figure("WAL of a job", "B", rounds.samples(name, \.wal), subject: name),
                Figure(
                    "all processors' time of a job",
                    "µs",
                    rounds.samples(name, \.processor),
                    subject: name
                ),
                Figure(
                    "pick-up p50",
                    "ms",
                    rounds.samples(name) { $0.pickUps.percentile(0.5) },
                    subject: name
                ),
                Figure(
                    "pick-up p99",
                    "ms",
                    rounds.samples(name) { $0.pickUps.percentile(0.99) },
                    subject: name
                ),
            ]
        }
    }

    /// Pawl's own round, enqueued a thousand at a time as the others'.
    private static func own(_ site: BenchSite, _ effort: Effort) async throws -> PeerScore {
        let jobs = effort.amount(40_000, quick: 15_000)
        let flows = jobs / 4
        try await site.define(.job("bench-job"))
        try await site.define(Chain.definition())
        let start = ContinuousClock.now
        for _ in 0..<(jobs / 1_000) { try await site.enqueue(1_000, of: "bench-job") }
        let enqueued = Double(jobs) / start.duration(to: .now).inSeconds
        let before = try await ServerMeter.read(site)
        let (drained, worker) = try await site.withProcesses(1, effort) { start, processes in
            (
                try await Span(of: site, since: start).rate(of: jobs),
                try processes[0].processorTime
            )
        }
        let used = try await ServerMeter.read(site) - before
        try await site.enqueue(flows, of: "bench-chain")
        let steps = try await site.drained(Chain.steps * flows, effort)
        return PeerScore(
            enqueued: enqueued,
            drained: drained,
            steps: steps,
            wal: used.walBytes / Double(jobs),
            processor: (used.processor + worker) / Double(jobs) * 1e6,
            pickUps: try await PickUp.samples(site, effort.amount(100, quick: 40), poll: nil)
                .map(\.pickUp)
        )
    }
}
