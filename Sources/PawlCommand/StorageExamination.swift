import PawlCore
import PawlStore
import Postgres

/// What a doctor looks at where storage is concerned.
struct StorageExamination {
    private let session: Session
    private let serverVersion: Int

    init(_ session: Session, serverVersion: Int) {
        self.session = session
        self.serverVersion = serverVersion
    }

    /// As many stray rows are counted: more are no other finding.
    private static let mostStrays = 10_000
    /// What a server has by default is little once the tables do not fit in it.
    private static let smallBuffers = 128 << 20

    func findings() throws -> [Finding] {
        let sizes = try session.tableSizes()
        return sizes.map(finding) + [try partitions(), try memory(sizes), try checkpoints()]
    }

    private func finding(_ size: TableSize) -> Finding {
        var fact = "\(size.bytes.inBytes), \(size.live) live and \(size.dead) dead rows"
        if size.partitions > 1 { fact += " in \(size.partitions) partitions" }
        if size.updates.all > 0 {
            fact += ", \(size.updates.hot * 100 / size.updates.all) % of updates within the page"
        }
        if let vacuum = size.lastVacuum { fact += ", last vacuumed at \(vacuum.local)" }
        // A fifth dead is where autovacuum comes by default; twice that, and it does not keep up.
        guard size.dead > 50_000, size.dead * 5 > size.live * 2 else {
            return Finding(size.name, .ok, fact)
        }
        return Finding(
            size.name,
            .warn,
            fact,
            hint: "see \"horizon\"; if nothing holds it, run: vacuum \(size.name)"
        )
    }

    private func partitions() throws -> Finding {
        let health = try session.partitionHealth(limit: Self.mostStrays)
        let ahead = health.ahead < .zero ? Duration.zero : health.ahead
        var fact =
            "\(health.count.counted("partition", "partitions")), made for \(ahead.short) ahead"
        if health.ahead * 2 < health.wanted {
            return Finding(
                "partitions",
                .warn,
                fact,
                hint: "start a scheduler, or run: pawl maintain; it says what is in the way"
            )
        }
        if let overdue = health.overdue {
            return Finding(
                "partitions",
                .warn,
                "\(overdue) should have been dropped; runs in it have not ended, or locks are in the way",
                hint: "pawl maintain; then look at what has not ended: pawl runs"
            )
        }
        if health.strays > 0 {
            let most = health.strays >= Self.mostStrays ? "at least " : ""
            fact += "; \(most)\(health.strays) rows outside of them"
            return Finding(
                "partitions",
                .note,
                fact,
                hint: "they are deleted one by one when they expire; nothing else is different"
            )
        }
        // Each costs a statement that reads runs or events some microseconds.
        guard health.count <= 60 else {
            return Finding(
                "partitions",
                .warn,
                fact,
                hint: "make them wider: update pawl.storage set width = '30 days'"
            )
        }
        return Finding("partitions", .ok, fact)
    }

    private func memory(_ sizes: [TableSize]) throws -> Finding {
        let text = try session.settings(["shared_buffers"])["shared_buffers"] ?? ""
        let buffers = try session.bytes(of: "shared_buffers")
        let tables = sizes.reduce(0) { $0 + $1.bytes }
        guard buffers <= Self.smallBuffers, tables > buffers * 4 else {
            return Finding("shared_buffers", .ok, text)
        }
        return Finding(
            "shared_buffers",
            .warn,
            "\(text), and Pawl's tables take \(tables.inBytes)",
            hint: "a quarter of the machine's memory is usual; it needs a restart"
        )
    }

    private func checkpoints() throws -> Finding {
        let counts = try session.checkpoints(serverVersion: serverVersion)
        let limit = try session.settings(["max_wal_size"])["max_wal_size"] ?? ""
        let fact = "\(counts.timed) timed, \(counts.requested) forced; max_wal_size is \(limit)"
        // After each of them all pages are written to WAL in full once more.
        guard counts.requested > 20, counts.requested > counts.timed else {
            return Finding("checkpoints", .ok, fact)
        }
        return Finding(
            "checkpoints",
            .warn,
            fact,
            hint: "raise max_wal_size until most are timed, and set wal_compression to on"
        )
    }

    /// What an event costs, between two readings.
    static func wal(_ first: WALReading, _ second: WALReading, over time: Duration) -> Finding {
        let bytes = second.bytes - first.bytes
        let events = second.events - first.events
        guard events > 0 else {
            return Finding(
                "wal",
                .ok,
                "\(bytes.inBytes) in \(time.short), and no event was recorded"
            )
        }
        return Finding(
            "wal",
            .ok,
            "\(bytes.inBytes) and \(events) events in \(time.short): \(bytes / events) bytes an event, "
                + "with all else that the server did"
        )
    }
}

extension Int {
    /// A size for people.
    fileprivate var inBytes: String {
        switch self {
        case ..<(10 << 10): "\(self) bytes"
        case ..<(10 << 20): "\(self >> 10) kB"
        case ..<(10 << 30): "\(self >> 20) MB"
        default: "\(self >> 30) GB"
        }
    }
}
