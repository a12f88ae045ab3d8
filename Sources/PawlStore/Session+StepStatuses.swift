package import PawlCore
package import Postgres

extension Session {
    /// Where the steps of a run stand, a path each, in the order of what last happened to them.
    ///
    /// Of a path's visits the latest one counts. A step that a run left behind when it ended counts
    /// as cancelled.
    package func stepStatuses(
        of head: RunHead
    ) throws(PostgresError)
        -> [(path: String, status: StepStatus)]
    {
        let rows = try query(
            """
            select latest.path, latest.kind
            from (
              select distinct on (path) path, kind, seq
              from pawl.event e
              where run_id = \(head.id) and path is not null and kind <> 'run_ending'
                -- The end of a run after its last step is not that step's.
                and not (kind in ('run_completed', 'run_failed') and exists (
                  select from pawl.event o
                  where o.run_id = e.run_id and o.kind = 'run_ending' and o.seq < e.seq
                    and not exists (
                      select from pawl.event r
                      where r.run_id = e.run_id and r.kind = 'run_retried'
                        and r.seq between o.seq and e.seq)))
              order by path, seq desc
            ) latest
            order by latest.seq
            """
        )
        let tasks = try tasks(of: head.id).filter { $0.kind != .deadline }
        let live = Set(tasks.map(\.step.path))
        var statuses: [(path: String, status: StepStatus)] = []
        for row in rows {
            let path = try row.decode(String.self, at: 0)
            guard !live.contains(path),
                let kind = Event.Kind(rawValue: try row.decode(String.self, at: 1))
            else { continue }
            let status = kind.stepStatus
            statuses.append((path, head.status.isFinal && status.isLive ? .cancelled : status))
        }
        return statuses + tasks.map { ($0.step.path, $0.status) }
    }
}

extension Event.Kind {
    /// Where a step stands if that was the last that happened to it.
    fileprivate var stepStatus: StepStatus {
        switch self {
        case .stepCompleted, .runCompleted: .completed
        case .stepFailed, .runFailed: .failed
        case .stepSkipped, .stepIgnored: .skipped
        case .stepCancelled, .runCancelled: .cancelled
        case .stepRetrying: .retrying
        case .stepSnoozed: .scheduled
        case .stepLost, .runRetried: .ready
        case .stepOpened, .stepWaiting, .decisionRequested, .runPaused: .waiting
        case .stepStarted, .stepProgress, .stepEmitted, .stepFallback, .stepCompensating,
            .decisionResolved, .decisionExpired, .signalReceived, .signalTaken, .variableSet,
            .runEnding, .runResumed, .runForked:
            .running
        }
    }
}

extension StepStatus {
    /// Whether more happens to the step.
    fileprivate var isLive: Bool {
        switch self {
        case .pending, .scheduled, .ready, .running, .waiting, .retrying: true
        case .completed, .failed, .skipped, .cancelled: false
        }
    }
}
