import Foundation
import Pawl

/// What a run of the benchmark came to, and where: what is kept as JSON.
struct Report: Codable, Sendable {
    struct Section: Codable, Sendable {
        let name: String
        let title: String
        let figures: [Figure]
    }

    let version: String
    let server: String
    let processors: Int
    let isQuick: Bool
    let rounds: Int
    private(set) var sections: [Section] = []
    /// How many processes wanted a processor on average in the last minute, at the beginning and at
    /// the end: what else the machine did shows in the first.
    private(set) var load: [Double]

    init(of database: PostgresConfiguration, _ effort: Effort) async throws {
        version = PawlVersion.current
        processors = ProcessInfo.processInfo.activeProcessorCount
        isQuick = effort.isQuick
        rounds = effort.rounds
        load = [Self.loadNow]
        let pool = Pool(database)
        server = try await pool.run { session in
            try session.query(
                """
                select 'PostgreSQL ' || split_part(current_setting('server_version'), ' ', 1)
                  || string_agg(', ' || name || ' ' || current_setting(name), '' order by name)
                from pg_settings
                where name in ('fsync', 'synchronous_commit', 'shared_buffers', 'max_wal_size')
                """
            )[0].decode(String.self, at: 0)
        }
        await pool.close()
    }

    init(path: String) throws {
        self = try JSONDecoder().decode(
            Report.self,
            from: Data(contentsOf: URL(fileURLWithPath: path))
        )
    }

    mutating func add(_ figures: [Figure], of workload: Workload) {
        sections.append(Section(name: workload.name, title: workload.title, figures: figures))
        load = [load[0], Self.loadNow]
    }

    /// How many goals were missed by more than the noise.
    var misses: Int { sections.flatMap(\.figures).count(where: \.isMissed) }

    func write(to path: String) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        try encoder.encode(self).write(to: URL(fileURLWithPath: path), options: .atomic)
    }

    private static var loadNow: Double {
        var averages = [0.0]
        return getloadavg(&averages, 1) == 1 ? averages[0] : 0
    }
}
