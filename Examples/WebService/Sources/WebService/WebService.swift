import Hummingbird
import Logging
import Pawl
import ServiceLifecycle

/// A shop: an HTTP application with a worker and a scheduler of Pawl beside it.
struct WebService: Sendable {
    let settings: Settings
    let telemetry: Telemetry
    let logger: Logger

    /// Serves until the process is told to stop.
    func run() async throws {
        let pool = Pool(settings.database)
        let client = Client(pool)
        do {
            try await prepare(pool, client)
            try await runUntilStopped(services(pool, client), logger: logger)
        } catch {
            await pool.close()
            throw error
        }
        await pool.close()
    }

    /// Makes what is missing in the database: Pawl's tables, the shop's, and the schedule.
    private func prepare(_ pool: Pool, _ client: Client) async throws {
        try await client.migrate()
        try await ShopSchema.migrate(pool)
        // A schedule names a workflow that exists; otherwise the worker defines its jobs by itself.
        try await client.define(.job(restock.kind))
        var nightly = Schedule(
            "restock-nightly",
            workflow: restock.kind,
            spec: "0 3 * * *",
            zone: "Europe/Berlin"
        )
        nightly.input = try JSON(encoding: Restock(level: 100))
        try await client.putSchedule(nightly)
    }

    /// In the order in which they start; they stop in the opposite one: no more requests, then no
    /// more ticks, and then the worker ends what it has.
    private func services(_ pool: Pool, _ client: Client) -> [any Service] {
        [
            SpanLog(telemetry.tracer, logger: logger),
            Worker(settings.database, handlers: [shipOrder, restock], logger: logger),
            Scheduler(settings.database, logger: logger),
            Application(
                router: router(pool, client),
                configuration: ApplicationConfiguration(
                    address: .hostname(settings.host, port: settings.port)
                ),
                logger: logger
            ),
        ]
    }

    private func router(_ pool: Pool, _ client: Client) -> Router<BasicRequestContext> {
        let router = Router()
        router.add(middleware: TracingMiddleware())
        router.add(middleware: MetricsMiddleware())
        OrderRoutes(pool: pool, client: client).add(to: router)
        router.get("health") { _, _ in HTTPResponse.Status.ok }
        router.get("metrics") { [metrics = telemetry.metrics] _, _ in metrics.text }
        return router
    }
}
