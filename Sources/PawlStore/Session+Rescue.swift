package import Postgres

extension Session {
    /// Gives up workers whose lease has run out.
    ///
    /// - Returns: The workers that hold tasks to be rescued, these and those of earlier passes.
    package func giveUpDeadWorkers() throws(PostgresError) -> [Int64] {
        _ = try execute(
            """
            update pawl.worker set lost_at = n.now, asleep = false
            from (
              -- `for update`, which a claim's key share excludes: a claim that is under way is
              -- committed before the worker is given up, and its tasks are seen by the rescue.
              select id from pawl.worker
              where lost_at is null and beat_at + lease < pawl.now()
              order by id
              for update skip locked
            ) dead
            cross join (select pawl.now() as now) n
            where worker.id = dead.id
            """
        )
        let rows = try query("select id from pawl.worker where lost_at is not null order by id")
        var lost: [Int64] = []
        for row in rows { lost.append(try row.decode(Int64.self, at: 0)) }
        return lost
    }

    /// Takes up to `limit` tasks from lost workers and makes them due.
    ///
    /// Runs that someone else has locked are passed over: a worker that was cut off in a transaction
    /// may hold such a lock until the server gives it up, and the others should not wait for that.
    ///
    /// - Returns: How many were taken.
    package func rescue(from workers: [Int64], limit: Int) throws -> Int {
        try transaction { session in
            let tasks = try session.query(
                """
                select t.id from pawl.task t
                join pawl.run r on r.id = t.run_id
                where t.worker = any(\(workers))
                order by t.run_id, t.id
                limit \(limit)
                for update of r skip locked
                """
            ).map { try $0.decode(Int64.self, at: 0) }
            guard !tasks.isEmpty else { return 0 }
            // Under the lock, and only what is still theirs.
            let rescued = try session.query(
                """
                with taken as (
                  update pawl.task t
                  set worker = null, claimed_at = null, fence = t.fence + 1,
                      crashes = t.crashes + 1
                  from pawl.task held
                  where t.id = any(\(tasks)) and t.worker = any(\(workers)) and held.id = t.id
                  returning t.id, t.run_id, t.path, t.visit, t.attempt, t.crashes, held.worker,
                    held.claimed_at
                )
                insert into pawl.event
                  (run_id, seq, at, kind, path, visit, attempt, worker, data)
                select t.run_id,
                  coalesce((select max(seq) from pawl.event e where e.run_id = t.run_id), 0)
                    + row_number() over (partition by t.run_id order by t.id),
                  n.now, 'step_lost', t.path, t.visit, t.attempt, t.worker,
                  json_build_object('host', w.host, 'pid', w.pid, 'crashes', t.crashes,
                    'claimed_at', t.claimed_at, 'last_heartbeat', w.beat_at)
                from taken t
                left join pawl.worker w on w.id = t.worker
                cross join (select pawl.now() as now) n
                returning run_id
                """
            )
            return rescued.count
        }
    }

    /// Forgets lost workers that hold nothing any more.
    package func forgetLostWorkers() throws(PostgresError) {
        _ = try execute(
            """
            delete from pawl.worker w
            where lost_at < pawl.now() - interval '1 hour'
              and not exists (select from pawl.task t where t.worker = w.id)
            """
        )
    }

    /// Gives up workers that tasks name and that do not exist: someone deleted their row.
    package func adoptOrphans() throws(PostgresError) -> [Int64] {
        let rows = try query(
            """
            select distinct t.worker from pawl.task t
            where t.worker is not null
              and not exists (select from pawl.worker w where w.id = t.worker)
            """
        )
        var orphaned: [Int64] = []
        for row in rows { orphaned.append(try row.decode(Int64.self, at: 0)) }
        return orphaned
    }
}
