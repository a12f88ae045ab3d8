/// What a scheduler does about ticks that it finds late.
public struct TickPolicy: Hashable, Sendable {
    /// What becomes of missed ticks: those that are found later than 30 seconds after
    /// their time.
    public enum Missed: Hashable, Sendable {
        /// None is fired.
        case skip
        /// The latest is fired, unless a tick that is not missed comes after it.
        case latest
        /// Of all that are due the newest are fired, so many at most.
        case all(Int)
    }

    package var missed: Missed
    /// How many seconds after its time a tick is still fired; `nil` means any.
    package var deadline: Int64?

    package init(missed: Missed = .latest, deadline: Int64? = nil) {
        self.missed = missed
        self.deadline = deadline
    }

    /// How late a tick may be found and is still not missed, in seconds.
    ///
    /// It is more than a restart of the schedulers or a change of the primary takes, and less than a
    /// minute, so that of five fields of cron one tick at most is not missed.
    package static let grace: Int64 = 30

    /// The most missed ticks that are fired, because to find the first of them takes microseconds
    /// for each: more than the minutes of a week.
    package static let mostMissed = 10_100
}
