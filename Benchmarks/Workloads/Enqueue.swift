import Pawl

/// The ways to enqueue runs, and what the database's own part of it costs.
enum Enqueue {
    static let workload = Workload(name: "W2", title: "ways to enqueue", measure: measure)

    @Sendable static func measure(_ site: BenchSite, _ effort: Effort) async throws -> [Figure] {
        let many = effort.amount(50_000, quick: 10_000)
        let few = effort.amount(500, quick: 200)
        try await site.define(.job("bench-job"))
        try await prepare(site, many)
        let client = Client(site.pool)
        let bulk = "bulk INSERT"
        let bare = "bulk INSERT without triggers"
        let rounds = try await Rounds.take(
            effort,
            [
                (
                    bulk,
                    { try await site.rate(many) { try await $0.enqueue(many, of: "bench-job") } }
                ),
                (bare, { try await site.rate(many) { try await $0.execute(insertBare(many)) } }),
                (
                    "COPY, from a file of the server's",
                    { try await site.rate(many) { try await $0.script(copy("from")) } }
                ),
                (
                    "single INSERT",
                    { try await site.rate(few) { try await insert(few, $0) } }
                ),
                (
                    "Client.enqueue",
                    { try await site.rate(few) { _ in try await enqueue(few, client) } }
                ),
                (
                    "Client.enqueue, 8 at a time",
                    { try await site.rate(8 * few) { _ in try await enqueueTogether(few, client) } }
                ),
            ]
        )
        return [
            Figure(bulk, "runs/s", rounds[bulk], goal: .atLeast(60_000)),
            Figure(bare, "rows/s", rounds[bare]),
            Figure(
                "bulk INSERT, to the same without triggers",
                "of its rate",
                rounds.ratios(bulk, to: bare) { $0 },
                goal: .atLeast(0.5)
            ),
        ]
            + [
                "COPY, from a file of the server's", "single INSERT", "Client.enqueue",
                "Client.enqueue, 8 at a time",
            ].map { Figure($0, "runs/s", rounds[$0]) }
    }

    /// Makes the table without triggers, and the file that COPY reads.
    ///
    /// The table has the same columns, constraints and indexes; defaults say what a trigger would.
    private static func prepare(_ site: BenchSite, _ many: Int) async throws {
        try await site.script(
            """
            create table public.bare (like pawl.run including all);
            alter table public.bare
              alter id set default pawl.uuidv7(clock_timestamp()),
              alter version set default 1,
              alter queue set default 'default',
              alter priority set default 5,
              alter run_at set default clock_timestamp(),
              alter created_at set default clock_timestamp();
            create table public.source as
              select 'bench-job' as workflow, jsonb_build_object('n', n) as input
              from generate_series(1, \(many)) n;
            """
        )
        try await site.script(copy("to", "public.source"))
    }

    private static func insertBare(_ many: Int) -> SQL {
        """
        insert into public.bare (workflow, input)
        select 'bench-job', jsonb_build_object('n', n) from generate_series(1, \(many)) n
        """
    }

    private static func copy(_ direction: String, _ table: String = "pawl.run") -> String {
        """
        do $$ begin
          execute format('copy \(table) (workflow, input) \(direction) %L',
            current_setting('data_directory') || '/bench.copy');
        end $$
        """
    }

    private static func insert(_ few: Int, _ site: BenchSite) async throws {
        try await site.pool.run { session in
            for number in 1...few {
                try session.execute(
                    """
                    insert into pawl.run (workflow, input)
                    values ('bench-job', jsonb_build_object('n', \(number)))
                    """
                )
            }
        }
    }

    @Sendable private static func enqueue(_ few: Int, _ client: Client) async throws {
        for number in 1...few { try await client.enqueue("bench-job", ["n": number]) }
    }

    private static func enqueueTogether(_ few: Int, _ client: Client) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<8 { group.addTask { try await enqueue(few, client) } }
            try await group.waitForAll()
        }
    }
}

extension BenchSite {
    /// How many a second `work` makes of so many, and then forgets what it made.
    fileprivate func rate(
        _ count: Int,
        _ work: (BenchSite) async throws -> Void
    ) async throws -> Double {
        let start = ContinuousClock.now
        try await work(self)
        let rate = Double(count) / start.duration(to: .now).inSeconds
        try await execute("truncate pawl.task, public.bare")
        return rate
    }
}
