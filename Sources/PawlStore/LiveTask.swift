package import PawlCore
package import Postgres

/// A task, and what decides whether it goes on.
package struct LiveTask: Sendable {
    package let id: Int64
    package let step: StepID
    package let kind: Node.Kind
    package let attempt: Int
    package let crashes: Int
    package let queue: String
    package let priority: Int
    /// When it is due; later than all times if only an answer makes it so.
    package let due: Instant
    package let situation: Situation

    /// Why a task is where it is.
    package enum Situation: Sendable {
        /// A worker executes it.
        case executing(by: Holder)
        /// Its worker has not been heard of for longer than its lease.
        case abandoned(by: Holder)
        /// It waits for a person or program, until the time that is given, if one is.
        case awaiting(
            wait: Int64,
            kind: String,
            subject: [UInt8],
            assignee: String?,
            until: Instant?
        )
        /// It is a container that waits for its children.
        case joining(remaining: Int, total: Int)
        /// It begins when siblings of it have ended.
        case held
        /// It is due, and its run is paused.
        case paused
        /// It is due, and others have the places of a limit, or the rate is used up.
        case inLine(limit: String, key: String?)
        /// It is due, and its queue is paused.
        case queuePaused(by: String, reason: String?)
        /// It is the run's deadline.
        case deadline
        /// It is not due yet.
        case delayed
        /// An attempt failed, or put itself off, and the next one is not due yet.
        case retrying(reason: [UInt8]?)
        /// It is due, and no worker is alive.
        case noWorker
        /// It is due, and no worker serves its queue.
        case noWorkerForQueue
        /// It is due, and no worker that serves its queue has a handler for its kind.
        case noHandler
        /// It is due, and a worker may claim it as soon as those before it are claimed.
        case ready(behind: Int)
    }

    /// The worker that holds a task.
    package struct Holder: Sendable {
        package let worker: Int64
        /// `nil` if its row is gone.
        package let host: String?
        package let processID: Int?
        /// How long it has held the task.
        package let time: Duration
        /// How long ago it renewed its lease.
        package let silence: Duration?
    }

    /// Where the step stands.
    package var status: StepStatus {
        switch situation {
        case .executing, .abandoned: .running
        case .awaiting, .joining, .deadline: .waiting
        case .delayed: .scheduled
        case .retrying: .retrying
        case .held: .pending
        case .paused, .inLine, .queuePaused, .noWorker, .noWorkerForQueue, .noHandler, .ready:
            .ready
        }
    }
}
