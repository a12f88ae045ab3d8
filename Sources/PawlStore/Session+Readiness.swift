package import Postgres

extension Session {
    /// What keeps a worker or scheduler from relying on this database, and what to do; `nil` if
    /// nothing does.
    package func obstacleToWork() throws(PostgresError) -> String? {
        if let obstacle = try schemaStatus().obstacle { return obstacle }
        let rows = try query(
            """
            select current_setting('synchronous_commit'), pg_is_in_recovery(),
              current_setting('transaction_isolation')
            """
        )
        if try rows[0].decode(String.self, at: 0) == "off" {
            return "synchronous_commit is off, so that what was acknowledged could be lost; "
                + "set it to on for this role or database"
        }
        if try rows[0].decode(Bool.self, at: 1) {
            return "the server is a standby; connect with target_session_attrs=read-write"
        }
        let isolation = try rows[0].decode(String.self, at: 2)
        if isolation != "read committed" {
            return "transactions are \(isolation), which sees no lock's last holder; "
                + "set default_transaction_isolation to 'read committed' for this role or database"
        }
        return nil
    }
}
