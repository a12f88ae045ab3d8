import FoundationEssentials
import Glibc
import LicenceText
import Logging
import Pawl

let arguments = CommandLine.arguments.dropFirst()
switch arguments.first {
case "worker" where arguments.count == 1:
    let environment = ProcessInfo.processInfo.environment
    let logger = Logger(label: "licence-audit")
    let database = try PostgresConfiguration(
        url: environment["DATABASE_URL"],
        environment: environment
    )
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
case "scan" where arguments.count > 1:
    for path in arguments.dropFirst() {
        let finding = LicenceFinding(file: try CopyrightFile.content(of: path))
        print("\(path): \(finding.licenceClass), \(finding.licences)")
        if !finding.unclear.isEmpty { print("    unclear: \(finding.unclear)") }
    }
default:
    var usage = "usage: licence-audit worker\n       licence-audit scan FILE ...\n"
    _ = usage.withUTF8 { write(STDERR_FILENO, $0.baseAddress, $0.count) }
    exit(64)
}
