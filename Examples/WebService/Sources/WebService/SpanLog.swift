import InMemoryTracing
import Logging
import ServiceLifecycle
import Tracing

/// Writes finished spans to the log, so that they do not gather in memory.
struct SpanLog: Service {
    let tracer: InMemoryTracer
    let logger: Logger

    func run() async throws {
        await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                write()
                do { try await Task.sleep(for: .seconds(1)) } catch { return }
            }
        }
        write()
    }

    private func write() {
        for span in tracer.popFinishedSpans() {
            let nanoseconds =
                span.endInstant.nanosecondsSinceEpoch - span.startInstant.nanosecondsSinceEpoch
            var metadata: Logger.Metadata = [
                "span": "\(span.operationName)", "trace": "\(span.traceID)",
                "took": "\(Duration.nanoseconds(nanoseconds))",
            ]
            if let run = span.attributes["pawl.run.id"] { metadata["run"] = "\(run)" }
            if let failure = span.errors.first { metadata["error"] = "\(failure.error)" }
            logger.debug("span", metadata: metadata)
        }
    }
}
