import FoundationEssentials
import Logging
import Metrics
import PawlCore
import PawlStore
import Postgres
import Synchronization

/// Claims tasks, as many as there are free slots, and hands them out.
///
/// It looks when it is rung: by a slot that became free, by a notification, by the poll timer. When
/// a claim gives less than it asked for, there is nothing more to do, and it says so in the database:
/// from then on an enqueue notifies it.
final class Claimer: Sendable {
    private let crew: Crew
    private let configuration: WorkerConfiguration
    private let connection: Pool
    private let definitions: DefinitionCache
    private let histories: HistoryCache
    private let flights: Flights
    private let bell: Bell
    private let strangers = Mutex<Set<String>>([])
    private let crewID: @Sendable () -> Int64?

    /// After that many claims in a row that found work, the claimer asks not to be notified.
    private static let busyClaims = 3
    /// How long a worker claims nothing so that a step can be executed alone, and when that step is
    /// offered again if it came to nothing: longer, so that others have their turn.
    private static let (longestHush, suspectDelay) = (Duration.seconds(10), Duration.seconds(30))
    /// When a task that nobody here can execute is offered again, at the soonest and at the latest.
    private static let strangerDelay = (Duration.seconds(5), Duration.seconds(15))

    init(
        crew: Crew,
        configuration: WorkerConfiguration,
        connection: Pool,
        definitions: DefinitionCache,
        histories: HistoryCache,
        flights: Flights,
        bell: Bell,
        worker: @escaping @Sendable () -> Int64?
    ) {
        self.crew = crew
        self.configuration = configuration
        self.connection = connection
        self.definitions = definitions
        self.histories = histories
        self.flights = flights
        self.bell = bell
        crewID = worker
    }

    /// Claims until the worker drains.
    ///
    /// `execute` is called for each assignment, in a task of its own.
    func run(_ execute: @escaping @Sendable (Executor.Assignment) async -> Void) async {
        await withDiscardingTaskGroup { group in
            var lookout = Lookout(configuration.queues)
            var asleep = false
            var busyClaims = 0
            var pause = Backoff()
            for await _ in bell.sounds {
                var mayBeMore = true
                while mayBeMore, crew.course.claims, let worker = crewID() {
                    let free = crew.holdings.room(of: configuration.slots)
                    guard free > 0 else { break }
                    do {
                        if crew.holdings.resolveDoubt() { try await dropStrays(of: worker) }
                        let claims = try await claim(free, for: worker, &lookout)
                        crew.holdings.take(claims.map(\.task))
                        pause.reset()
                        busyClaims = claims.isEmpty ? 0 : busyClaims + 1
                        mayBeMore = claims.count == free
                        try await hand(claims, in: &group, execute)
                        if asleep, busyClaims >= Self.busyClaims {
                            asleep = false
                            try await connection.run { try $0.setAsleep(false, worker) }
                        } else if !asleep, claims.isEmpty {
                            asleep = true
                            try await connection.run { try $0.setAsleep(true, worker) }
                            mayBeMore = true  // What came before anyone could know to notify.
                        }
                    } catch {
                        crew.holdings.doubt()
                        asleep = false
                        crew.logger.warning("could not claim", metadata: ["error": "\(error)"])
                        await pause.wait()
                    }
                }
                if !crew.course.claims { break }
            }
        }
    }

    private func claim(
        _ limit: Int,
        for worker: Int64,
        _ lookout: inout Lookout
    ) async throws -> [Claim] {
        let claims: [Claim]
        (claims, lookout) = try await connection.run { [lookout] session in
            var lookout = lookout
            return (try lookout.claim(limit, for: worker, with: session), lookout)
        }
        return claims
    }

    /// Gives back what this worker holds without knowing.
    private func dropStrays(of worker: Int64) async throws {
        let known = crew.holdings
        let strays = try await connection.run { session in
            let held = try session.tasksHeld(by: worker)
            // Looked up after the tasks were read: what was settled since is not held any more.
            let hands = known.tasks
            return try session.release(held.filter { !hands.contains($0.task) })
        }
        if !strays.isEmpty {
            crew.logger.warning(
                "gave back tasks whose claim was not acknowledged",
                metadata: ["tasks": "\(strays.count)"]
            )
        }
    }

    private func hand(
        _ claims: [Claim],
        in group: inout DiscardingTaskGroup,
        _ execute: @escaping @Sendable (Executor.Assignment) async -> Void
    ) async throws {
        guard !claims.isEmpty else { return }
        crew.meters.claimed.increment(by: claims.count)
        var assignments: [Executor.Assignment]
        do {
            assignments = try await assign(putBack(claims))
        } catch {
            await crew.giveBack(claims.map { Release($0, delay: .zero) })
            throw error
        }
        let limit = crew.limits.crashesInCompany
        let suspects = assignments.filter { $0.claim.crashes >= limit }
        assignments.removeAll { $0.claim.crashes >= limit }
        for assignment in assignments {
            group.addTask { await execute(assignment) }
        }
        if let suspect = suspects.first {
            // The others come back a moment later, each to be executed alone.
            await crew.giveBack(
                suspects.dropFirst().map { Release($0.claim, delay: .milliseconds(500)) }
            )
            guard await isAlone() else {
                await crew.giveBack([Release(suspect.claim, delay: Self.suspectDelay)])
                return
            }
            crew.logger.warning(
                "executing a step alone that killed workers",
                metadata: [
                    "run.id": "\(suspect.claim.run)", "step": "\(suspect.claim.step)",
                    "crashes": "\(suspect.claim.crashes)",
                ]
            )
            // A task of its own: revoking a flight cancels the task that executes it.
            await Task { await execute(suspect) }.value
        }
    }

    /// Waits until only one task is held, but not while long steps go on, or when it is to drain.
    private func isAlone() async -> Bool {
        let start = ContinuousClock.now
        while crew.holdings.count > 1 {
            guard crew.course.claims, start.duration(to: .now) < Self.longestHush else {
                return false
            }
            do { try await Task.sleep(for: .milliseconds(20)) } catch { return false }
        }
        return true
    }

    /// Gives back what this worker cannot execute, and returns the rest.
    private func putBack(_ claims: [Claim]) async throws -> [Claim] {
        let unreadable = try await definitions.load(for: claims, from: connection)
        var kept: [Claim] = []
        var strange: [Release] = []
        for claim in claims {
            let key = DefinitionCache.Key(workflow: claim.workflow, version: claim.version)
            let obstacle: String?
            if let reason = unreadable[key] {
                obstacle = "version \(claim.version) of workflow \"\(claim.workflow)\": \(reason)"
            } else if !crew.serves(claim.kind), claim.phase == .enter {
                obstacle = "no handler is registered for node kind \"\(claim.kind.rawValue)\""
            } else {
                obstacle = nil
            }
            guard let obstacle else {
                kept.append(claim)
                continue
            }
            let (soonest, latest) = Self.strangerDelay
            strange.append(
                Release(claim, delay: soonest + (latest - soonest) * Double.random(in: 0...1))
            )
            if strangers.withLock({ $0.insert(obstacle).inserted }) {
                crew.logger.warning(
                    "cannot execute some tasks, leaving them to other workers",
                    metadata: ["reason": "\(obstacle)", "run.id": "\(claim.run)"]
                )
            }
        }
        if !strange.isEmpty { await crew.giveBack(strange) }
        return kept
    }

    /// Adds what executing a claim needs to know: its definition, its run's history, its answer.
    private func assign(_ claims: [Claim]) async throws -> [Executor.Assignment] {
        let withHistory = claims.filter { $0.hops > 0 || $0.phase != .enter || $0.runIsRunning }
        let answered = claims.filter { $0.phase == .resume }.map(\.task)
        var known: [UUID: KnownRun] = [:]
        var answers: [Int64: [UInt8]] = [:]
        if !withHistory.isEmpty {
            let inputs = Dictionary(
                withHistory.map { ($0.run, $0.input) },
                uniquingKeysWith: { first, _ in first }
            )
            (known, answers) = try await connection.run { [histories] session in
                (
                    try histories.learn(inputs, with: session),
                    answered.isEmpty ? [:] : try session.answers(to: answered)
                )
            }
        }
        return claims.compactMap { claim in
            definitions.definition(of: claim).map { definition in
                Executor.Assignment(
                    claim: claim,
                    definition: definition,
                    known: known[claim.run] ?? KnownRun(input: claim.input, run: claim.run),
                    answer: answers[claim.task]
                )
            }
        }
    }
}
