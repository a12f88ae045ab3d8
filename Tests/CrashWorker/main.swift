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

if CommandLine.arguments[2] == "scheduler" {
    try await runUntilStopped(
        [doomedScheduler(CommandLine.arguments[3], with: CommandLine.arguments[4])],
        logger: logger
    )
    exit(0)
}

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

/// Gives what its node says.
let give = Handler("give", retry: RetryPolicy(maximumRetries: 50, delay: .milliseconds(10))) {
    (_: JSON, context) in
    try await Task.sleep(for: .milliseconds(Int.random(in: 0...10)))
    return try context.config(as: JSON.self)["give"] ?? .null
}

/// Fails for good.
let balk = Handler("balk", retry: .never) { (_: JSON, _) -> Done in
    throw HandlerError.permanent("balks")
}

/// Never ends by itself.
let linger = Handler("linger", retry: RetryPolicy(maximumRetries: 50)) { (_: JSON, _) in
    try await Task.sleep(for: .seconds(3_600))
    return Done()
}

/// Has someone else answer.
let ask = Handler("ask") { (_: JSON, context) -> Done in
    try context.emit("asks")
    throw HandlerError.waiting(for: ["question": "which?"])
}

/// Remembers what an attempt before the crash has found out.
let careful = Handler("careful", retry: RetryPolicy(maximumRetries: 50, delay: .milliseconds(10))) {
    (_: JSON, context) in
    let first = try await context.checkpoint("drawn") { Int.random(in: 0...1_000_000) }
    try await Task.sleep(for: .milliseconds(Int.random(in: 0...20)))
    let second = try await context.checkpoint("drawn") { Int.random(in: 0...1_000_000) }
    return first == second
}

let square = Handler.function(
    "square",
    retry: RetryPolicy(maximumRetries: 50, delay: .milliseconds(10))
) { context in
    let n = try context.config(as: JSON.self)["n"]?.intValue ?? 0
    return n * n
}

var configuration = WorkerConfiguration()
configuration.lease = .milliseconds(Int(CommandLine.arguments[2]) ?? 2_000)
configuration.pollInterval = .milliseconds(200)
// The test kills; the steps are innocent.
configuration.limits = Limits(crashes: 1_000, crashesInCompany: 1_000)
let worker = Worker(
    database,
    handlers: [pay, think, give, balk, linger, ask, careful, square],
    configuration: configuration,
    logger: logger
)
try await runUntilStopped([worker], logger: logger)
