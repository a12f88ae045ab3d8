import Foundation
import Logging
import Pawl
import PawlStore
import ServiceLifecycle
import Synchronization

var logger = Logger(label: "bench")
logger.logLevel = .warning
let database = try PostgresConfiguration(
    url: ProcessInfo.processInfo.environment["DATABASE_URL"])
let pool = Pool(database)
_ = try await pool.run { try $0.migrate() }
let runs = Int(CommandLine.arguments.dropFirst().first ?? "20000") ?? 20_000
let noop = Handler.job("noop") { (_: JSON, _) in Done() }
let worker = Worker(database, handlers: [noop], logger: logger)
try await pool.run { session in
    _ = try session.define(.job("noop"), makesCurrent: true)
    _ = try session.execute("insert into pawl.run (workflow, input) select 'noop', jsonb_build_object('n', n) from generate_series(1, \(runs)) n")
}
let start = ContinuousClock.now
let task = Task { try await worker.run() }
while true {
    let left = try await pool.run { try $0.query("select count(*) from pawl.task")[0].decode(Int64.self, at: 0) }
    if left == 0 { break }
    try await Task.sleep(for: .milliseconds(20))
}
let took = start.duration(to: .now)
print("drained \(runs) in \(took): \(Double(runs) / (Double(took.components.seconds) + Double(took.components.attoseconds) / 1e18)) runs/s")
task.cancel()
try await task.value
print(try await pool.run { session in try session.query("select status, count(*) from pawl.run group by 1").map { "\(try $0.decode(String.self, at: 0)) \(try $0.decode(Int64.self, at: 1))" } })
await pool.close()
