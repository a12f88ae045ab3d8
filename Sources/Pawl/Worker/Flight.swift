import FoundationEssentials
import Logging
import PawlCore
import PawlStore
import Synchronization

/// One attempt at a step, from its claim to its settlement.
///
///     aloft ──▶ settled        the handler ended, or its transaction was committed
///       └─────▶ revoked        its lease was lost, its time was up, or the worker shuts down
///
/// Revoking cancels the task that runs the handler. What a revoked attempt still returns counts only
/// if its lease stands, and then as what the revocation says.
final class Flight: Sendable {
    /// Why an attempt should stop.
    enum Revocation: Sendable {
        /// The task is somebody else's, or gone.
        case lost
        /// The attempt took longer than it may.
        case timedOut
        /// The worker shuts down.
        case released
    }

    let claim: Claim
    let definition: Definition
    /// The node of the step; a task of the run as a whole has none.
    let node: Node?
    let known: KnownRun
    let retry: RetryPolicy
    let timeout: Duration?
    /// Whether it is the first try of the step: then there is nothing recorded inside of it.
    let isFirstTry: Bool
    let startedAt = ContinuousClock.now
    let crew: Crew

    let state = Mutex(State())

    struct State {
        var revocation: Revocation?
        var runner: RunningTask?
        var isSettled = false
        var isAbandoned = false
        var checkpoints: [String: [UInt8]]?
        var hasCheckpoints = false
        var progress: JSON?
        var isAnnounced = false
        var emitted: [Event] = []
    }

    init(
        _ claim: Claim,
        definition: Definition,
        known: KnownRun,
        isFirstTry: Bool,
        crew: Crew
    ) {
        self.claim = claim
        self.definition = definition
        self.known = known
        self.isFirstTry = isFirstTry
        self.crew = crew
        node = definition.node(claim.step.node)
        let handler = crew.handlers[claim.kind.rawValue]
        retry = node?.retry ?? handler?.retry ?? .never
        timeout = node?.timeout ?? handler?.timeout
    }

    var took: Duration { startedAt.duration(to: .now) }
    var revocation: Revocation? { state.withLock { $0.revocation } }
    var isRevoked: Bool { revocation != nil }
    /// Whether a transaction of the handler has settled the step already.
    var isSettled: Bool { state.withLock { $0.isSettled } }
    var hasCheckpoints: Bool { state.withLock { $0.hasCheckpoints } || !isFirstTry }

    var logger: Logger {
        var logger = crew.logger
        logger[metadataKey: "run.id"] = "\(claim.run.text)"
        logger[metadataKey: "run.workflow"] = "\(claim.workflow)"
        logger[metadataKey: "step"] = "\(claim.step)"
        logger[metadataKey: "step.attempt"] = "\(claim.attempt)"
        return logger
    }

    /// The step as the planner sees it.
    var step: Step {
        Step(
            claim.step,
            kind: claim.kind,
            attempt: claim.attempt,
            crashes: claim.crashes,
            hops: claim.hops
        )
    }

    var planner: Planner {
        Planner(definition, limits: crew.limits, handled: crew.handled)
    }

    /// Whether its node's own condition lets it be executed.
    var isWanted: Bool {
        guard let node, node.guardCondition != nil else { return true }
        return planner.holds(node, step, in: known.projection)
    }

    /// The breaker of its node.
    var breaker: Node.Breaker? { node?.breaker }

    /// The failure of a step that nobody has a handler for.
    var missingHandler: Failure {
        let kind = claim.kind.rawValue
        let message =
            if kind.hasPrefix(Node.functionPrefix) {
                crew.handlers.keys.contains { $0.hasPrefix(Node.functionPrefix) }
                    ? "Unknown custom function: '\(kind.dropFirst(Node.functionPrefix.count))'"
                    : "No function registry configured"
            } else {
                "No handler registered for node type '\(kind)'"
            }
        return Failure(.unavailable, message, isRetryable: false)
    }

    /// Plans what follows from `outcome`, and says what has to be written.
    ///
    /// `mayKeep` lets this worker go on with the next step, if it can execute it.
    func settlement(for outcome: Outcome, mayKeep: Bool) -> Settlement {
        let transition = planner.plan(
            step,
            outcome,
            in: known.projection,
            retry: retry,
            jitter: Double.random(in: 0...1),
            took: took,
            emitted: takeEmitted()
        )
        return Settlement(
            of: claim,
            transition,
            isKept: mayKeep && crew.canGoOn(with: transition),
            startsRun: !claim.runIsRunning,
            hasCheckpoints: hasCheckpoints,
            knownSeq: known.seq
        )
    }

    /// Runs `body` so that revoking cancels the task that calls this.
    ///
    /// What follows a flight that was revoked must not depend on that task.
    func run<Value>(_ body: () async throws -> Value) async throws -> Value {
        withUnsafeCurrentTask { task in
            let isRevoked = state.withLock { state in
                state.runner = task.map { RunningTask(task: $0) }
                return state.revocation != nil
            }
            if isRevoked { task?.cancel() }
        }
        defer { state.withLock { $0.runner = nil } }
        return try await body()
    }

    func revoke(because reason: Revocation) {
        state.withLock { state in
            // A lost lease outweighs the other reasons: nothing may be written any more.
            if state.revocation == nil || reason == .lost { state.revocation = reason }
            state.runner?.task.cancel()
        }
    }

    /// Whether its step was ended without waiting for its handler.
    var isAbandoned: Bool { state.withLock { $0.isAbandoned } }

    func abandon() { state.withLock { $0.isAbandoned = true } }

    var timeoutOutcome: Outcome {
        .failed(Failure(.timeout, "the attempt took longer than \((timeout ?? .zero).text)"))
    }

    /// How long it is past its time, if it is.
    var overdue: Duration? {
        guard let timeout else { return nil }
        let late = took - timeout
        return late > .zero ? late : nil
    }

    /// Keeps what the handler tells until it is written: with the step's end, or a moment later.
    func emit(_ payload: [UInt8]) {
        let event = Event(.stepEmitted, claim.step, attempt: claim.attempt, data: payload)
        state.withLock { $0.emitted.append(event) }
    }

    private func takeEmitted() -> [Event] {
        state.withLock { state in
            defer { state.emitted = [] }
            return state.emitted
        }
    }

    func report(progress: JSON) {
        state.withLock { $0.progress = progress }
    }

    /// What there is to tell of an attempt that goes on: that it does, how far it is, and what its
    /// handler emitted.
    func nextReports(after quiet: Duration) -> [Event] {
        let took = took
        guard took > quiet else { return [] }
        let news = nextNews(took, after: quiet).map { [$0] } ?? []
        return news + takeEmitted()
    }

    /// Keeps for later what could not be told.
    func takeBack(_ events: [Event]) {
        state.withLock { state in
            state.emitted = events.filter { $0.kind == .stepEmitted } + state.emitted
            if events.contains(where: { $0.kind == .stepStarted }) { state.isAnnounced = false }
        }
    }

    private func nextNews(_ took: Duration, after quiet: Duration) -> Event? {
        state.withLock { state in
            if let progress = state.progress {
                state.progress = nil
                state.isAnnounced = true
                return Event(
                    .stepProgress,
                    claim.step,
                    attempt: claim.attempt,
                    took: took,
                    data: progress.serialized()
                )
            }
            guard !state.isAnnounced, took > quiet else { return nil }
            state.isAnnounced = true
            return Event(.stepStarted, claim.step, attempt: claim.attempt)
        }
    }
}

/// The task that runs a handler, so that it can be cancelled from outside.
///
/// Safe because a handle is used only under the flight's lock, and is forgotten under that lock
/// before its task goes on past the handler.
struct RunningTask: @unchecked Sendable {
    let task: UnsafeCurrentTask
}
