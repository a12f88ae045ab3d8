package import FoundationEssentials
package import PawlCore
package import Postgres

/// What becomes of the ticks of a schedule, to be written: what a settlement is to a step.
package struct Firing: Sendable {
    package let schedule: String
    /// The schedule's next tick when this was planned.
    package let wasDue: Instant?
    /// Its next tick now; `infinity` if it has ended, `nil` if that is to be computed still.
    package var next: Instant?
    /// The latest tick of its timetable that is dealt with.
    package var lastTick: Instant?
    /// How many of its ticks count towards the most that it has.
    package var counted = 0
    /// What its next tick is if it ends with these, and one of them does not count.
    package var continuation: Instant?
    package var starts: [Start] = []
    package var waiting: [(tick: Instant, cause: TickCause)] = []
    package var skipped: [(tick: Instant, reason: String)] = []
    /// The run before, which ends for this.
    package var ended: (run: UUID, ending: OverlapPlan.Ending)?

    /// A tick that is fired, and its run.
    package struct Start: Sendable {
        package let tick: Instant
        package let cause: TickCause
        package let workflow: String
        package let input: [UInt8]
        package let tenant: String
        package let queue: String?
        package let priority: Int?
        package let due: Instant
        package let timeout: Duration?

        package init(_ tick: Instant, _ cause: TickCause, of schedule: Schedule, input: [UInt8]) {
            self.tick = tick
            self.cause = cause
            workflow = schedule.workflow
            self.input = input
            tenant = schedule.tenant
            queue = schedule.queue
            priority = schedule.priority
            let delay = Jitter.delay(
                of: schedule.name,
                tick: tick.microsecondsSince1970 / 1_000_000,
                below: Int64(schedule.jitter / .seconds(1))
            )
            due = cause == .manual ? tick : tick + delay  // Somebody wants it now.
            timeout = schedule.timeout
        }
    }

    package init(of record: ScheduleRecord) {
        schedule = record.name
        wasDue = record.nextAt
        next = record.nextAt
    }

    /// The same without what is fired, of which some ticks are skipped because the database refused
    /// their runs.
    package func settled(refusing refused: [(start: Start, reason: String)]) -> Firing {
        var firing = self
        firing.starts = []
        firing.skipped += refused.map { ($0.start.tick, $0.reason) }
        let uncounted = refused.count { $0.start.cause == .tick }
        firing.counted = max(counted - uncounted, 0)
        // It is not over if its last ticks do not count.
        if uncounted > 0, let continuation { firing.next = continuation }
        return firing
    }
}
