import FoundationEssentials
import Glibc
import LicenceText
import Logging
import Pawl

let arguments = CommandLine.arguments.dropFirst()
do {
    switch arguments.first {
    case "worker" where arguments.count == 1:
        try await work()
    case "scan" where arguments.count > 1:
        for path in arguments.dropFirst() { try scan(path) }
    default:
        complain("usage: licence-audit worker\n       licence-audit scan FILE ...")
        exit(64)
    }
} catch {
    complain("licence-audit: \(error)")
    exit(1)
}

/// Executes steps until the process is told to stop.
func work() async throws {
    let environment = ProcessInfo.processInfo.environment
    let database = try PostgresConfiguration(
        url: environment["DATABASE_URL"],
        environment: environment
    )
    let logger = Logger(label: "licence-audit")
    var configuration = WorkerConfiguration()
    // The work is the processor's: steps that wait here could as well be at another worker.
    configuration.slots = 32
    let worker = Worker(
        database,
        handlers: [hashFile, findLicences, writeFinding, rescan],
        configuration: configuration,
        logger: logger
    )
    try await runUntilStopped([worker], logger: logger)
}

/// Prints what is found in a file, without a database.
func scan(_ path: String) throws {
    let finding = LicenceFinding(file: try CopyrightFile.content(of: path))
    print("\(path): \(finding.licenceClass): \(finding.licences.joined(separator: ", "))")
    if !finding.unclear.isEmpty { print("    unclear: \(finding.unclear.joined(separator: ", "))") }
}

func complain(_ text: String) {
    var line = text + "\n"
    _ = line.withUTF8 { write(STDERR_FILENO, $0.baseAddress, $0.count) }
}
