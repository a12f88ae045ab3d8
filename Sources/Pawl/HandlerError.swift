public import PawlCore

/// What a handler throws to say more than that it failed.
///
/// Any other error means: try again, as the step's `RetryPolicy` says.
public enum HandlerError: Error, Sendable {
    /// It failed, and trying again is of no use.
    case permanent(String)
    /// It failed; try again after that long, if the policy has a retry left.
    case retry(after: Duration, String)
    /// It failed, trying again is of no use, and this is what there is of an output.
    case failed(String, output: JSON)
    /// It has asked something, and ends when someone answers; the answer is its output.
    ///
    /// What it asks is shown to whoever answers. `output` stands for the output until then.
    case waiting(for: JSON, output: JSON? = nil)
    /// Not now: call again after that long. No attempt is charged, however often.
    case snooze(Duration)
}

extension Failure {
    /// The failure that an error thrown by a handler stands for.
    init(thrown error: any Error) {
        switch error {
        case HandlerError.permanent(let message):
            self.init(.nonRetryable, message, isRetryable: false)
        case HandlerError.failed(let message, let output):
            self.init(.nonRetryable, message, isRetryable: false, output: output.serialized())
        case HandlerError.retry(let delay, let message):
            self.init(.execution, message, retryAfter: delay)
        case let failure as Failure:
            self = failure
        default:
            self.init(.execution, String(describing: error))
        }
    }
}
