package import Postgres

/// What a worker says of itself when it registers.
package struct WorkerRecord: Sendable {
    package var host: String
    package var processID: Int32
    package var version: String
    package var queues: [String]
    package var kinds: [String]
    package var slots: Int
    package var lease: Duration

    package init(
        host: String,
        processID: Int32,
        version: String,
        queues: [String],
        kinds: [String],
        slots: Int,
        lease: Duration
    ) {
        self.host = host
        self.processID = processID
        self.version = version
        self.queues = queues
        self.kinds = kinds
        self.slots = slots
        self.lease = lease
    }
}

extension Session {
    /// Registers a worker, and returns its id.
    package func register(_ worker: WorkerRecord) throws(PostgresError) -> Int64 {
        let rows = try query(
            """
            insert into pawl.worker (host, pid, version, queues, kinds, slots, lease)
            values (\(worker.host), \(worker.processID), \(worker.version), \(worker.queues),
                    \(worker.kinds), \(Int32(worker.slots)), \(worker.lease))
            returning id
            """
        )
        return try rows[0].decode(Int64.self, at: 0)
    }

    /// Renews all leases of a worker.
    ///
    /// - Returns: False if it was given up as lost; then it holds nothing any more.
    package func beat(_ worker: Int64) throws(PostgresError) -> Bool {
        try execute(
            """
            update pawl.worker set beat_at = pawl.now()
            where id = \(worker) and lost_at is null
            """
        ) == 1
    }

    /// Says whether a worker wants to be told of new work.
    package func setAsleep(_ asleep: Bool, _ worker: Int64) throws(PostgresError) {
        _ = try execute("update pawl.worker set asleep = \(asleep) where id = \(worker)")
    }

    /// Says that a worker claims nothing more.
    package func setDraining(_ worker: Int64) throws(PostgresError) {
        _ = try execute(
            "update pawl.worker set draining = true, asleep = false where id = \(worker)"
        )
    }

    /// Removes a worker that holds nothing.
    ///
    /// One that does still is left to the rescue.
    package func unregister(_ worker: Int64) throws(PostgresError) {
        _ = try execute(
            """
            delete from pawl.worker w
            where w.id = \(worker) and not exists (select from pawl.task where worker = w.id)
            """
        )
    }
}
