import Metrics
import Synchronization

/// Metrics in memory, and as the text that Prometheus reads.
final class MetricsMemory: MetricsFactory {
    private let amounts = Mutex<[String: Amount]>([:])

    /// One line for each amount.
    var text: String {
        amounts.withLock { amounts in
            amounts.sorted { $0.key < $1.key }
                .map { "\($0.key) \($0.value.value)\n" }
                .joined()
        }
    }

    /// The amount of that name and dimensions, the same one whenever it is asked for.
    private func amount(
        _ label: String,
        _ dimensions: [(String, String)],
        suffix: String = ""
    ) -> Amount {
        var name = Self.plain(label) + suffix
        if !dimensions.isEmpty {
            let pairs = dimensions.map { "\(Self.plain($0))=\"\(Self.escaped($1))\"" }
            name += "{" + pairs.joined(separator: ",") + "}"
        }
        return amounts.withLock { amounts in
            let amount = amounts[name] ?? Amount()
            amounts[name] = amount
            return amount
        }
    }

    private func distribution(_ label: String, _ dimensions: [(String, String)]) -> Distribution {
        Distribution(
            count: amount(label, dimensions, suffix: "_count"),
            sum: amount(label, dimensions, suffix: "_sum")
        )
    }

    private static func plain(_ name: String) -> String {
        String(name.map { $0.isASCII && ($0.isLetter || $0.isNumber) ? $0 : "_" })
    }

    private static func escaped(_ value: String) -> String {
        value.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"")
            .replacing("\n", with: "\\n")
    }
}

extension MetricsMemory {
    func makeCounter(label: String, dimensions: [(String, String)]) -> any CounterHandler {
        amount(label, dimensions)
    }

    func makeFloatingPointCounter(
        label: String,
        dimensions: [(String, String)]
    ) -> any FloatingPointCounterHandler {
        amount(label, dimensions)
    }

    func makeMeter(label: String, dimensions: [(String, String)]) -> any MeterHandler {
        amount(label, dimensions)
    }

    func makeRecorder(
        label: String,
        dimensions: [(String, String)],
        aggregate: Bool
    ) -> any RecorderHandler {
        aggregate ? distribution(label, dimensions) : amount(label, dimensions)
    }

    func makeTimer(label: String, dimensions: [(String, String)]) -> any TimerHandler {
        distribution(label, dimensions)
    }

    // What was counted stays, whoever counted it.
    func destroyCounter(_ handler: any CounterHandler) {}
    func destroyFloatingPointCounter(_ handler: any FloatingPointCounterHandler) {}
    func destroyMeter(_ handler: any MeterHandler) {}
    func destroyRecorder(_ handler: any RecorderHandler) {}
    func destroyTimer(_ handler: any TimerHandler) {}
}
