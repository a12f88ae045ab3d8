import Metrics
import Synchronization

/// A number that is counted, or set.
final class Amount: CounterHandler, FloatingPointCounterHandler, MeterHandler, RecorderHandler {
    private let number = Mutex(0.0)

    var value: Double { number.withLock { $0 } }

    func increment(by amount: Double) { number.withLock { $0 += amount } }
    func increment(by amount: Int64) { increment(by: Double(amount)) }
    func decrement(by amount: Double) { increment(by: -amount) }
    func set(_ value: Double) { number.withLock { $0 = value } }
    func set(_ value: Int64) { set(Double(value)) }
    func record(_ value: Double) { set(value) }
    func record(_ value: Int64) { set(Double(value)) }
    func reset() { set(0.0) }
}

/// How many values there were, and their sum; of durations in seconds.
final class Distribution: RecorderHandler, TimerHandler {
    private let count: Amount
    private let sum: Amount

    init(count: Amount, sum: Amount) {
        self.count = count
        self.sum = sum
    }

    func record(_ value: Double) {
        count.increment(by: 1.0)
        sum.increment(by: value)
    }

    func record(_ value: Int64) { record(Double(value)) }
    func recordNanoseconds(_ duration: Int64) { record(Double(duration) / 1_000_000_000) }
}
