import Foundation
import Logging
import Pawl
import PawlStore

/// Measures a worker and its database: throughput, latency, and what idleness costs.
///
/// `pawl-bench [--only NAME,…] [--runs N] [--children N] [--samples N] [--idle SECONDS] [--json FILE]`
/// uses the database that `DATABASE_URL` names, which should have nothing else to do.
@main
struct Bench {
    static func main() async throws {
        let arguments = Arguments(CommandLine.arguments.dropFirst())
        let database = try PostgresConfiguration(
            url: ProcessInfo.processInfo.environment["DATABASE_URL"],
            environment: ProcessInfo.processInfo.environment
        )
        let site = BenchSite(
            database,
            slots: arguments.number("slots", default: WorkerConfiguration().slots)
        )
        _ = try await site.pool.run { try $0.migrate() }
        var figures: [Figure] = []
        let all = [
            ("drain", Drain.measure), ("chain", Chain.measure), ("loop", Loop.measure),
            ("fan-out", FanOut.measure), ("ticks", Ticks.measure), ("limited", Limited.measure),
            ("pick-up", PickUp.measure),
            ("idle", Idle.measure),
        ]
        let only = arguments.text("only")?.split(separator: ",").map(String.init)
        for (name, measure) in all where only?.contains(name) ?? true {
            for figure in try await measure(site, arguments) {
                print(figure)
                figures.append(figure)
            }
        }
        await site.pool.close()
        if let path = arguments.text("json") {
            try JSONEncoder().encode(figures).write(to: URL(fileURLWithPath: path))
        }
        if figures.contains(where: \.isMissed) { exit(1) }
    }
}

/// One measured number, and the goal it is held against.
struct Figure: Codable, CustomStringConvertible {
    let name: String
    let value: Double
    let unit: String
    var goal: Double?
    /// Whether more is better.
    var wantsMore = true

    var isMissed: Bool { goal.map { wantsMore ? value < $0 : value > $0 } ?? false }

    var description: String {
        let number = value >= 100 ? "\(Int(value))" : "\((value * 100).rounded() / 100)"
        let target = goal.map { " (goal \(wantsMore ? "≥" : "≤") \($0) \(unit))" } ?? ""
        return "\(isMissed ? "MISSED " : "")\(name): \(number) \(unit)\(target)"
    }
}

/// `--name value` pairs.
struct Arguments: Sendable {
    private let values: [String: String]

    init(_ arguments: ArraySlice<String>) {
        var values: [String: String] = [:]
        var rest = Array(arguments)
        while rest.count >= 2 {
            values[String(rest.removeFirst().drop { $0 == "-" })] = rest.removeFirst()
        }
        self.values = values
    }

    func text(_ name: String) -> String? { values[name] }
    func number(_ name: String, default number: Int) -> Int {
        text(name).flatMap(Int.init) ?? number
    }
}

/// The database that is measured against, and a worker in this process.
struct BenchSite: Sendable {
    let database: PostgresConfiguration
    let pool: Pool
    let slots: Int

    init(_ database: PostgresConfiguration, slots: Int) {
        self.database = database
        self.slots = slots
        pool = Pool(database)
    }

    func withWorker<Value: Sendable>(
        _ handlers: [Handler],
        _ body: @Sendable () async throws -> Value
    ) async throws -> Value {
        var logger = Logger(label: "bench")
        logger.logLevel = .error
        var configuration = WorkerConfiguration()
        configuration.slots = slots
        let worker = Worker(
            database,
            handlers: handlers,
            configuration: configuration,
            logger: logger
        )
        return try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await worker.run() }
            let value = try await body()
            group.cancelAll()
            try await group.waitForAll()
            return value
        }
    }

    func count(_ statement: SQL) async throws -> Int {
        try await pool.run { try $0.query(statement)[0].decode(Int.self, at: 0) }
    }

    func execute(_ statement: SQL) async throws {
        try await pool.run { session in _ = try session.execute(statement) }
    }

    /// Waits until no run has a task that could be executed.
    func waitUntilDrained() async throws {
        // What looks must not cost what it looks at: no counting.
        while try await count("select count(*) from (select from pawl.task limit 1) t") > 0 {
            try await Task.sleep(for: .milliseconds(25))
        }
    }
}

extension Duration {
    var inSeconds: Double {
        Double(components.seconds) + Double(components.attoseconds) / 1e18
    }
}

extension [Double] {
    /// The value below which that share of the others lies.
    func percentile(_ share: Double) -> Double {
        let ordered = sorted()
        return ordered[Swift.min(Int(Double(count) * share), count - 1)]
    }
}
