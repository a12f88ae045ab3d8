import FoundationEssentials
import Glibc
import Logging
import PawlCore
import PawlStore
import Postgres
import Synchronization

/// One run of a worker: its parts, their life together, and their end.
///
///     claimer ──assignments──▶ executor ──settlements──▶ settler
///        ▲                        │ flights                 │
///        └──────────bell──────────┴───── pulse (thread), rescuer, doorbell, poll timer
///
/// Its tasks are apart from the one that called ``sail()``: cancelling that one means to give the
/// steps back, and giving back takes statements that must not be cancelled with it.
final class Voyage: Sendable {
    private let configuration: WorkerConfiguration
    private let database: PostgresConfiguration
    private let logger: Logger
    private let crew: Crew
    private let claims: Pool
    private let settlements: Pool
    private let flights = Flights()
    private let bell = Bell()
    private let drained = Bell()
    private let id = Mutex<Int64?>(nil)

    /// How long steps that were cancelled may take to notice, before the worker goes without them.
    private static let abandonGrace = Duration.seconds(5)

    init(
        _ database: PostgresConfiguration,
        handlers: [Handler],
        configuration: WorkerConfiguration,
        logger: Logger
    ) {
        self.database = database
        self.configuration = configuration
        self.logger = logger
        claims = Pool(database, configuration: PoolConfiguration(maximumConnections: 1))
        settlements = Pool(database, configuration: PoolConfiguration(maximumConnections: 2))
        crew = Crew(
            handlers: handlers,
            configuration: configuration,
            pool: Pool(
                database,
                configuration: PoolConfiguration(
                    maximumConnections: configuration.handlerConnections
                )
            ),
            logger: logger
        )
    }

    /// Checks that the database fits, and defines what this worker brings along.
    func prepare(defining definitions: [Definition]) async throws {
        do {
            let problem = try await claims.run { session in
                try session.obstacleToWork()
            }
            if let problem { throw SchemaMismatch(description: problem) }
            for definition in definitions {
                let defined = try await claims.run { session in
                    try session.define(definition, makesCurrent: false)
                }
                if defined.isNew {
                    logger.info(
                        "defined workflow",
                        metadata: [
                            "workflow": "\(definition.name)", "version": "\(defined.version)",
                        ]
                    )
                }
            }
            try await register()
        } catch {
            await closePools()
            throw error
        }
    }

    /// Works until drained or abandoned.
    func sail() async {
        let end = Latch()
        // Apart from this task and its cancellation, see above.
        Task {
            await work(end)
            end.open()
        }
        await end.wait()
    }

    /// Claims nothing more, and ends when the steps at work have ended.
    func drain() {
        guard crew.course.turn(to: .draining) else { return }
        logger.info("draining", metadata: ["steps": "\(flights.count)"])
        bell.silence()
        drained.ring()
    }

    /// Cancels the steps at work and gives them back.
    func abandon() {
        guard crew.course.turn(to: .abandoning) else { return }
        logger.info("giving steps back", metadata: ["steps": "\(flights.count)"])
        bell.silence()
        drained.ring()
        flights.revokeAll(because: .released)
    }

    private func work(_ end: Latch) async {
        let (findings, report) = AsyncStream.makeStream(of: Pulse.Finding.self)
        let pulse = Pulse(
            database,
            lease: configuration.lease,
            interval: configuration.heartbeat,
            flights: flights,
            logger: logger,
            meters: crew.meters,
            report: { report.yield($0) }
        )
        if let id = id.withLock({ $0 }) { pulse.beat(for: id) }
        pulse.start()
        let settler = Settler(connections: settlements, logger: logger, meters: crew.meters)
        let histories = HistoryCache()
        let executor = Executor(
            crew: crew,
            flights: flights,
            settler: settler,
            histories: histories,
            bell: bell
        )
        let claimer = Claimer(
            crew: crew,
            configuration: configuration,
            connection: claims,
            definitions: DefinitionCache(),
            histories: histories,
            flights: flights,
            bell: bell,
            worker: { [self] in id.withLock { $0 } }
        )
        let settling = Task { await settler.run() }
        await withTaskGroup { group in
            group.addTask { [self] in await poll() }
            group.addTask { [self] in await follow(findings, pulse) }
            group.addTask { [self] in await endDrain(end) }
            group.addTask { [crew, configuration] in
                let rescuer = Rescuer(
                    pool: crew.pool,
                    interval: configuration.lease / 4,
                    logger: crew.logger,
                    meters: crew.meters
                )
                await rescuer.run()
            }
            if configuration.listens {
                group.addTask { [database, logger, bell] in
                    let doorbell = Doorbell(
                        configuration: database,
                        logger: logger,
                        onWork: { bell.ring() },
                        onCancel: { pulse.hurry() }
                    )
                    await doorbell.run()
                }
            }
            bell.ring()
            await claimer.run { await executor.execute($0) }
            // All steps have ended; when all of them are written, the parts that served them may.
            settler.finish()
            await settling.value
            report.finish()
            group.cancelAll()
        }
        pulse.stop()
        await unregister()
        await closePools()
    }

    /// Rings when nobody else did for a while: what was missed is found then.
    private func poll() async {
        while !Task.isCancelled {
            let pause = configuration.pollInterval * Double.random(in: 0.9...1.1)
            do { try await Task.sleep(for: pause) } catch { return }
            bell.ring()
        }
    }

    /// Acts on what the pulse found out about this worker's leases.
    private func follow(_ findings: AsyncStream<Pulse.Finding>, _ pulse: Pulse) async {
        for await finding in findings {
            switch finding {
            case .tasksLost(let tasks):
                flights.revoke(tasks, because: .lost)
            case .workerLost:
                logger.error("given up for lost; cancelling all steps and registering anew")
                id.withLock { $0 = nil }
                flights.revokeAll(because: .lost)
                var pause = Backoff()
                while id.withLock({ $0 }) == nil, !Task.isCancelled {
                    do {
                        try await register()
                        if let id = id.withLock({ $0 }) { pulse.beat(for: id) }
                        bell.ring()
                    } catch {
                        logger.warning("could not register", metadata: ["error": "\(error)"])
                        await pause.wait()
                    }
                }
            }
        }
    }

    /// Gives up on steps that take longer to end than a drain may.
    private func endDrain(_ end: Latch) async {
        for await _ in drained.sounds {
            do {
                if crew.course.current == .draining {
                    if let id = id.withLock({ $0 }) {
                        try await crew.pool.run { try $0.setDraining(id) }
                    }
                    try await Task.sleep(for: configuration.drainTimeout)
                    abandon()
                } else {
                    try await Task.sleep(for: Self.abandonGrace)
                    logger.error(
                        "leaving steps behind that do not end; they are rescued elsewhere",
                        metadata: ["steps": "\(flights.count)"]
                    )
                    end.open()
                    return
                }
            } catch is CancellationError {
                return
            } catch {
                logger.warning("could not note the drain", metadata: ["error": "\(error)"])
            }
        }
    }

    private func register() async throws {
        let record = WorkerRecord(
            host: Self.hostName,
            processID: getpid(),
            version: PawlVersion.current,
            queues: configuration.queues,
            kinds: crew.handlers.keys.sorted(),
            slots: configuration.slots,
            lease: configuration.lease
        )
        let id = try await claims.run { try $0.register(record) }
        self.id.withLock { $0 = id }
        logger.info(
            "worker registered",
            metadata: ["worker": "\(id)", "slots": "\(configuration.slots)"]
        )
    }

    private func unregister() async {
        guard let id = id.withLock({ $0 }) else { return }
        do {
            try await claims.run { try $0.unregister(id) }
        } catch {
            logger.warning("could not unregister", metadata: ["error": "\(error)"])
        }
    }

    private func closePools() async {
        await claims.close()
        await settlements.close()
        await crew.pool.close()
    }

    private static var hostName: String {
        var name = [CChar](repeating: 0, count: 256)
        gethostname(&name, name.count - 1)
        return String(
            decoding: name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) },
            as: UTF8.self
        )
    }
}
