import Glibc
import Logging
import PawlCore
import PawlStore
import Postgres
import Synchronization

/// Keeps a worker's leases alive, and tells it what became of them.
///
/// It is a thread of its own with a connection of its own: handlers that block every thread of the
/// cooperative pool cannot stop it. It also ends attempts that ignore their time-out, which nobody
/// else could then.
///
/// The database alone decides who holds a lease. The local clock only makes the worker stop sooner:
/// after a lease's length without an answer it holds its leases for lost.
final class Pulse: Sendable {
    /// What the thread tells the worker.
    enum Finding: Sendable {
        /// The worker was given up for lost; it holds nothing and has to register anew.
        case workerLost
        /// These tasks are no longer held.
        case tasksLost([Int64])
    }

    private let configuration: PostgresConfiguration
    private let lease: Duration
    private let interval: Duration
    private let flights: Flights
    private let logger: Logger
    private let meters: WorkerMeters
    private let report: @Sendable (Finding) -> Void
    private let state = Mutex(State())

    private struct State {
        var worker: Int64?
        var isStopped = false
        var hasStopped = false
        var isUrgent = false
    }

    /// A step is announced in its run's history when it has been at work that long.
    private static let quiet = Duration.seconds(1)
    /// How long an attempt may go on after its time-out cancelled it, before it is settled without
    /// its handler.
    private static let grace = Duration.seconds(5)
    /// How long it waits for a run that somebody has locked: the leases cannot wait long.
    private static let patience = Duration.milliseconds(250)
    /// How often time-outs are looked at.
    private static let turn = Duration.milliseconds(100)

    init(
        _ configuration: PostgresConfiguration,
        lease: Duration,
        interval: Duration,
        flights: Flights,
        logger: Logger,
        meters: WorkerMeters,
        report: @escaping @Sendable (Finding) -> Void
    ) {
        self.configuration = configuration
        self.lease = lease
        self.interval = interval
        self.flights = flights
        self.logger = logger
        self.meters = meters
        self.report = report
    }

    /// Beats for that worker from now on.
    func beat(for worker: Int64) {
        state.withLock { $0.worker = worker }
    }

    /// Looks at the leases now, not at the next beat: someone cancelled a run.
    func hurry() {
        state.withLock { $0.isUrgent = true }
    }

    func stop() {
        state.withLock { $0.isStopped = true }
    }

    var hasStopped: Bool { state.withLock { $0.hasStopped } }

    func start() {
        var thread = pthread_t()
        // Memory that C fills: which module the type's own initializer is in depends on who asks.
        let attributes = UnsafeMutablePointer<pthread_attr_t>.allocate(capacity: 1)
        defer { attributes.deallocate() }
        pthread_attr_init(attributes)
        pthread_attr_setstacksize(attributes, 4 << 20)  // It plans the ends of steps, too.
        let code = pthread_create(
            &thread,
            attributes,
            { box in
                guard let box else { return nil }
                Unmanaged<Pulse>.fromOpaque(box).takeRetainedValue().main()
                return nil
            },
            Unmanaged.passRetained(self).toOpaque()
        )
        precondition(code == 0, "could not start a thread")
        pthread_detach(thread)
        pthread_attr_destroy(attributes)
    }

    private func main() {
        var session: Session?
        var lastAnswer = ContinuousClock.now
        var lastBeat = ContinuousClock.now - interval
        var lastReport = ContinuousClock.now
        while !state.withLock({ $0.isStopped }) {
            let now = ContinuousClock.now
            let (worker, isUrgent) = state.withLock { state in
                defer { state.isUrgent = false }
                return (state.worker, state.isUrgent)
            }
            if let worker {
                do {
                    if isUrgent || now - lastBeat >= interval {
                        lastBeat = now
                        let open = try session ?? Session.open(configuration)
                        session = open
                        try beat(open, worker)
                        lastAnswer = now
                    }
                    if now - lastReport >= Self.quiet, let session {
                        lastReport = now
                        try announce(session, worker)
                    }
                    endOverdue(session)
                } catch {
                    logger.warning("could not renew leases", metadata: ["error": "\(error)"])
                    if session?.isLost ?? true { session = nil }
                    if now - lastAnswer > lease {
                        lastAnswer = now
                        forget(worker)
                        report(.workerLost)
                    }
                }
            }
            pause(flights.count > 0 ? Self.turn : min(interval, .milliseconds(500)))
        }
        session?.close()
        state.withLock { $0.hasStopped = true }
    }

    private func beat(_ session: Session, _ worker: Int64) throws(PostgresError) {
        guard try session.beat(worker) else {
            forget(worker)
            report(.workerLost)
            return
        }
        let held = flights.all.map { (task: $0.claim.task, fence: $0.claim.fence) }
        let lost = try session.lostTasks(among: held)
        // What was settled since the question was put is gone, too, and not lost.
        let stillFlown = Set(flights.all.filter { !$0.isSettled }.map(\.claim.fence))
        let reallyLost = held.filter { lost.contains($0.task) && stillFlown.contains($0.fence) }
        if !reallyLost.isEmpty { report(.tasksLost(reallyLost.map(\.task))) }
    }

    private func forget(_ worker: Int64) {
        state.withLock { state in
            if state.worker == worker { state.worker = nil }
        }
    }

    private func announce(_ session: Session, _ worker: Int64) throws(PostgresError) {
        let reports = flights.all.flatMap { flight in
            flight.nextReports(after: Self.quiet).map {
                (
                    event: $0, task: flight.claim.task, fence: flight.claim.fence,
                    run: flight.claim.run
                )
            }
        }
        guard !reports.isEmpty else { return }
        do {
            try session.report(reports, by: worker, patience: Self.patience)
        } catch {
            for flight in flights.all {
                flight.takeBack(reports.filter { $0.fence == flight.claim.fence }.map(\.event))
            }
            throw error
        }
    }

    private func endOverdue(_ session: Session?) {
        for flight in flights.all {
            guard let late = flight.overdue else { continue }
            flight.revoke(because: .timedOut)
            guard late > Self.grace, let session, !flight.isAbandoned else { continue }
            let settlement = flight.settlement(for: flight.timeoutOutcome, mayKeep: false)
            do {
                _ = try session.settle([settlement], patience: Self.patience)
                flight.abandon()
                flight.logger.error(
                    "handler ignores that it was cancelled; its step was ended without it"
                )
            } catch {
                flight.takeBack(settlement.transition.events)
                flight.logger.warning("could not end a step", metadata: ["error": "\(error)"])
            }
        }
    }

    private func pause(_ duration: Duration) {
        let (seconds, attoseconds) = duration.components
        var time = timespec(tv_sec: Int(seconds), tv_nsec: Int(attoseconds / 1_000_000_000))
        nanosleep(&time, nil)
    }
}
