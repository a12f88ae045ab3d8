import PawlCore
import Testing

/// How long failed steps wait, and when they are given up.
struct RetryPolicyTests {
    @Test(
        arguments: [
            (.none, [0, 0, 0, 0]),
            (.constant, [2, 2, 2, 2]),
            (.linear, [2, 4, 6, 8]),
            (.exponential, [2, 4, 8, 10]),
        ] as [(RetryPolicy.Backoff, [Int])]
    )
    func `delays grow as the backoff says`(backoff: RetryPolicy.Backoff, seconds: [Int]) {
        let policy = RetryPolicy(
            maximumRetries: 4,
            backoff: backoff,
            delay: .seconds(2),
            maximumDelay: .seconds(10)
        )
        let delays = (1...5).map { policy.delay(afterFailure: $0, jitter: 1) }
        #expect(delays == seconds.map { .seconds($0) } + [nil])
    }

    @Test
    func `a policy without retries gives up at once`() {
        #expect(RetryPolicy.never.delay(afterFailure: 1, jitter: 0.5) == nil)
    }

    @Test(arguments: RetryPolicy.Backoff.allCases)
    func `jitter stays in the upper half of the delay`(backoff: RetryPolicy.Backoff) throws {
        let policy = RetryPolicy(maximumRetries: 9, backoff: backoff, delay: .seconds(1))
        for failure in 1...9 {
            let full = try #require(policy.delay(afterFailure: failure, jitter: 1))
            #expect(policy.delay(afterFailure: failure, jitter: 0) == full / 2)
            #expect(policy.delay(afterFailure: failure, jitter: 0.5) == full * 3 / 4)
        }
    }

    @Test(arguments: RetryPolicy.Backoff.allCases)
    func `no number of failures overflows`(backoff: RetryPolicy.Backoff) throws {
        let policy = RetryPolicy(
            maximumRetries: .max,
            backoff: backoff,
            delay: .longestText,
            maximumDelay: .longestText
        )
        for failure in [1, 2, 30, 31, 32, 64, 1_000_000, Int.max] {
            let delay = try #require(policy.delay(afterFailure: failure, jitter: 1))
            // Jitter is a floating-point number: among 1,000 years microseconds may get lost.
            let error = delay - (backoff == .none ? .zero : .longestText)
            #expect(abs(error / .seconds(1)) < 1)
        }
    }

    @Test
    func `the default gives up after half a minute`() {
        let policy = RetryPolicy()
        let delays = (1...10).compactMap { policy.delay(afterFailure: $0, jitter: 1) }
        #expect(delays == [.seconds(1), .seconds(2), .seconds(4), .seconds(8)])
    }

    @Test
    func `a policy cannot be negative`() async {
        await #expect(processExitsWith: .failure) { _ = RetryPolicy(maximumRetries: -1) }
        await #expect(processExitsWith: .failure) { _ = RetryPolicy(delay: .seconds(-1)) }
        await #expect(processExitsWith: .failure) {
            _ = RetryPolicy(delay: .seconds(2), maximumDelay: .seconds(1))
        }
    }
}
