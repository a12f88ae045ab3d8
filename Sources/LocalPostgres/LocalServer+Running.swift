package import Postgres

extension LocalServer {
    /// How to connect to the server that runs in `directory`; `nil` if none does.
    ///
    /// It neither starts a server nor keeps one from being stopped.
    package static func running(in directory: String) -> PostgresConfiguration? {
        guard let data = resolved(directory).map({ $0 + "/data" }),
            let postmaster = PostmasterFile(in: data), postmaster.isAlive,
            postmaster.status == "ready", postmaster.socketExists
        else { return nil }
        return configuration(of: postmaster)
    }

    static func configuration(of postmaster: PostmasterFile) -> PostgresConfiguration {
        PostgresConfiguration(keywords: [
            "host": postmaster.socketDirectory, "port": "\(postmaster.port)",
            "user": "postgres", "dbname": "postgres",
        ])
    }
}
