// A worker to be killed: its handlers leave traces that show what was done how often.

import FoundationEssentials
import Glibc
import Logging
import Pawl

LoggingSystem.bootstrap { label in
    var handler = StreamLogHandler.standardError(label: label)
    handler.logLevel = .warning
    return handler
}

let database = try PostgresConfiguration(url: CommandLine.arguments[1])
let logger = Logger(label: "crash-worker")

/// One row per effect, without a key: a second effect would be a second row.
let pay = Handler("pay", retry: RetryPolicy(maximumRetries: 50, delay: .milliseconds(10))) {
    (_: JSON, context) in
    try await context.transaction { tx in
        try tx.execute(
            """
            insert into effect (run_id, path, visit, fence)
            values (\(context.runID), \(context.step.path), \(Int32(context.step.visit)),
                    \(context.fence))
            """
        )
        return ["fence": context.fence]
    }
}

/// At least once: it may be called again after a crash.
let think = Handler("think", retry: RetryPolicy(maximumRetries: 50, delay: .milliseconds(10))) {
    (_: JSON, context) in
    try await Task.sleep(for: .milliseconds(Int.random(in: 0...20)))
    return ["key": context.idempotencyKey]
}

var configuration = WorkerConfiguration()
configuration.lease = .seconds(2)
configuration.pollInterval = .milliseconds(200)
// The test kills; the steps are innocent.
configuration.limits = Limits(crashes: 1_000, crashesInCompany: 1_000)
let worker = Worker(
    database,
    handlers: [pay, think],
    configuration: configuration,
    logger: logger
)
try await runUntilStopped([worker], logger: logger)
