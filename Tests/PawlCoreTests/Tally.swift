import PawlCore

/// How often what happened, so that luck that never does something is noticed.
struct Tally {
    enum Sight: Int, CaseIterable {
        case completed, failed, cancelled
        case retried, skipped, lost, outrun
        case start, end, log, function, condition, `switch`, handler
        case parallel, sequence, dag, loop, branch, wait, human, reasoning, workflow
        case deadline, revival, cancellation
        case moved, parked, again, charged, dropped, parkedOn, dueAt
        case opened, neededSome, heldBack, gated
        case arrivedWell, arrivedFailed, released, admitted, stopped, closed
        case asked, listened, spawned, awaited, expired, resolved, sweptOn, paused
        case snoozedOutcome, askedOutcome, expiredOutcome, resumedOutcome, skippedOutcome
        case ignored, fallback, compensating, ending, signalTaken, skipRecorded
    }

    private var counts = [Int](repeating: 0, count: Sight.allCases.count)
    private(set) var plans = 0

    subscript(sight: Sight) -> Int { counts[sight.rawValue] }

    mutating func note(_ sight: Sight, if isSeen: Bool = true) {
        if isSeen { counts[sight.rawValue] += 1 }
    }

    mutating func note(_ ending: RunStatus) {
        let sight: Sight =
            switch ending {
            case .completed: .completed
            case .failed: .failed
            default: .cancelled
            }
        note(sight)
    }

    mutating func note(_ task: ModelRun.Task, _ outcome: Outcome, _ transition: Transition) {
        plans += 1
        note(Sight(task.kind))
        switch outcome {
        case .snoozed: note(.snoozedOutcome)
        case .asked: note(.askedOutcome)
        case .expired: note(.expiredOutcome)
        case .resumed: note(.resumedOutcome)
        case .skipped: note(.skippedOutcome)
        case .entered, .completed, .failed, .refused: break
        }
        switch transition.disposition {
        case .move: note(.moved)
        case .park(_, let due):
            note(.parked)
            note(.parkedOn, if: due == .unchanged)
            if case .at? = due { note(.dueAt) }
        case .again(_, let charged): note(charged ? .charged : .again)
        case .drop: note(.dropped)
        }
        if let opening = transition.opening {
            note(.opened)
            note(.neededSome, if: opening.needed != nil)
            note(.heldBack, if: opening.children.contains { $0.isHeld && $0.prerequisites == 0 })
            note(.gated, if: opening.children.contains { $0.prerequisites > 0 })
        }
        if let arrival = transition.arrival {
            note(arrival.succeeded ? .arrivedWell : .arrivedFailed)
            note(.released, if: !arrival.releases.isEmpty)
            note(.admitted, if: arrival.admits)
            note(.stopped, if: arrival.stops)
            note(.closed, if: arrival.closes)
        }
        if let wait = transition.wait { note(wait.kind == .signal ? .listened : .asked) }
        for spawn in transition.spawns { note(spawn.isAwaited ? .awaited : .spawned) }
        note(.expired, if: transition.expiresWait)
        note(.resolved, if: transition.resolvesWait)
        note(.sweptOn, if: transition.sweepsRest && transition.ending == nil)
        note(.paused, if: transition.pauses)
        for event in transition.events { note(event) }
    }

    private mutating func note(_ event: Event) {
        switch event.kind {
        case .stepIgnored: note(.ignored)
        case .stepFallback: note(.fallback)
        case .stepCompensating: note(.compensating)
        case .runEnding: note(.ending)
        case .signalTaken: note(.signalTaken)
        case .stepSkipped: note(.skipRecorded)
        default: return
        }
    }

    static func += (left: inout Tally, right: Tally) {
        for index in left.counts.indices { left.counts[index] += right.counts[index] }
        left.plans += right.plans
    }
}

extension Tally.Sight {
    fileprivate init(_ kind: Node.Kind) {
        self =
            switch kind {
            case .start: .start
            case .end: .end
            case .log: .log
            case .function: .function
            case .condition: .condition
            case .switch: .switch
            case .parallel: .parallel
            case .sequence: .sequence
            case .dag: .dag
            case .loop: .loop
            case .branch: .branch
            case .wait: .wait
            case .human: .human
            case .reasoning: .reasoning
            case .workflow: .workflow
            case .deadline: .deadline
            case .retry: .revival
            case .cancellation: .cancellation
            case .handler: .handler
            }
    }
}
