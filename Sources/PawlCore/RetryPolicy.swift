/// How often a failed step is tried again, and how long to wait in between.
///
/// ```swift
/// let policy = RetryPolicy(maximumRetries: 3, backoff: .exponential, delay: .seconds(2))
/// policy.delay(afterFailure: 1, jitter: 1)  // 2 seconds
/// policy.delay(afterFailure: 3, jitter: 1)  // 8 seconds
/// policy.delay(afterFailure: 4, jitter: 1)  // nil: that was the last
/// ```
public struct RetryPolicy: Hashable, Sendable {
    /// How the delay grows from one retry to the next.
    public enum Backoff: String, Hashable, Sendable, CaseIterable {
        /// No delay at all.
        case none
        /// The same delay each time.
        case constant
        /// Once, twice, three times the delay.
        case linear
        /// The delay doubles.
        case exponential
    }

    /// The retries after the first attempt.
    public let maximumRetries: Int
    /// How delays grow.
    public let backoff: Backoff
    /// The delay before the first retry.
    public let delay: Duration
    /// The longest delay between two attempts.
    public let maximumDelay: Duration

    /// One attempt, no retry.
    public static let never = RetryPolicy(maximumRetries: 0)

    /// Creates a policy; by default four retries within about half a minute.
    ///
    /// - Precondition: nothing is negative, and `delay <= maximumDelay <= 1,000 years`.
    public init(
        maximumRetries: Int = 4,
        backoff: Backoff = .exponential,
        delay: Duration = .seconds(1),
        maximumDelay: Duration = .seconds(3_600)
    ) {
        precondition(maximumRetries >= 0)
        precondition(delay >= .zero && delay <= maximumDelay)
        precondition(maximumDelay <= .longestText)
        self.maximumRetries = maximumRetries
        self.backoff = backoff
        self.delay = delay
        self.maximumDelay = maximumDelay
    }

    /// Returns the delay before the next attempt, or `nil` if `failure` was the last allowed one.
    ///
    /// `failure` counts from 1. `jitter`, from 0 to 1, places the delay in the upper half of its
    /// range: draw it at random, so that work which failed together does not come back together.
    public func delay(afterFailure failure: Int, jitter: Double) -> Duration? {
        precondition(failure >= 1)
        precondition((0...1).contains(jitter))
        guard failure <= maximumRetries else { return nil }
        let full: Duration
        switch backoff {
        case .none: return .zero
        case .constant: full = delay
        case .linear: full = delay * min(failure, 1_000_000)
        case .exponential: full = delay * (1 << min(failure - 1, 30))  // 1,000 years fit.
        }
        return min(full, maximumDelay) * (0.5 + jitter / 2)
    }
}
