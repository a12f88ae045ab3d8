import InMemoryTracing
import Logging
import ServiceLifecycle
import Tracing

/// Writes finished spans to the log, so that they do not gather in memory.
final class SpanLog: Service {
    private let tracer: InMemoryTracer
    private let logger: Logger

    init(_ tracer: InMemoryTracer, logger: Logger) {
        self.tracer = tracer
        self.logger = logger
    }

    func run() async throws {
        await cancelWhenGracefulShutdown { [self] in
            while !Task.isCancelled {
                write()
                do { try await Task.sleep(for: .seconds(1)) } catch { return }
            }
        }
        write()
    }

    private func write() {
        for span in tracer.popFinishedSpans() {
            // Signed, as the clock that they are read from may be set back.
            let nanoseconds =
                Int64(span.endInstant.nanosecondsSinceEpoch)
                - Int64(span.startInstant.nanosecondsSinceEpoch)
            var metadata: Logger.Metadata = [
                "span": "\(span.operationName)", "trace": "\(span.traceID)",
                "took": "\(Duration.nanoseconds(nanoseconds))",
            ]
            if case .string(let run) = span.attributes.get("pawl.run.id") {
                metadata["run"] = "\(run)"
            }
            if let failure = span.errors.first { metadata["error"] = "\(failure.error)" }
            logger.debug("span", metadata: metadata)
        }
    }
}
