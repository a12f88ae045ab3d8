import FoundationEssentials
import Glibc
import Logging

do {
    let settings = try Settings(environment: ProcessInfo.processInfo.environment)
    let telemetry = Telemetry()
    telemetry.bootstrap(logLevel: settings.logLevel)
    let logger = Logger(label: "web-service")
    try await WebService(settings: settings, telemetry: telemetry, logger: logger).run()
} catch {
    Logger(label: "web-service").critical("stopped", metadata: ["error": "\(error)"])
    exit(1)
}
