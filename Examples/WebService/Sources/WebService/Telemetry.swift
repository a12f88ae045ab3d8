import InMemoryTracing
import Logging
import Metrics
import Tracing

/// Where the process's logs, metrics and spans go.
///
/// Pawl and Hummingbird speak to the interfaces of swift-log, swift-metrics and
/// swift-distributed-tracing; a service brings the backends. Those here need no server.
struct Telemetry: Sendable {
    let metrics = MetricsMemory()
    // What it would record of headers nobody reads, and it would grow.
    let tracer = InMemoryTracer(recordInjections: false, recordExtractions: false)

    /// Sets the process up; once, before anything logs or counts.
    func bootstrap(logLevel: Logger.Level) {
        // Yours: `{ label in JSONLogHandler(label: label) }`, say.
        LoggingSystem.bootstrap { label in
            var handler = StreamLogHandler.standardError(label: label)
            handler.logLevel = logLevel
            return handler
        }
        // Yours: a factory that Prometheus, StatsD or OpenTelemetry reads.
        MetricsSystem.bootstrap(metrics)
        // Yours: the tracer of OpenTelemetry, and no `SpanLog` then.
        InstrumentationSystem.bootstrap(tracer)
    }
}
