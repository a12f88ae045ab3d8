import PawlCore

/// What a handler throws to say more than that it failed.
///
/// Any other error means: try again, as the step's ``RetryPolicy`` says.
public enum HandlerError: Error, Sendable {
    /// It failed, and trying again is of no use.
    case permanent(String)
    /// It failed; try again after that long, if the policy has a retry left.
    case retry(after: Duration, String)
    /// Not now: call again after that long. No attempt is charged, however often.
    case snooze(Duration)
}

extension Failure {
    /// The failure that an error thrown by a handler stands for.
    init(thrown error: any Error) {
        switch error {
        case HandlerError.permanent(let message):
            self.init(.nonRetryable, message, isRetryable: false)
        case HandlerError.retry(let delay, let message):
            self.init(.execution, message, retryAfter: delay)
        case let failure as Failure:
            self = failure
        default:
            self.init(.execution, String(describing: error))
        }
    }
}
