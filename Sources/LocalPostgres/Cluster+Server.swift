import FoundationEssentials

#if canImport(Darwin)
import Darwin
#else
import Glibc
#endif

extension Cluster {
    /// Gives the server that runs in the cluster and can be reached, if there is one.
    ///
    /// A server that is starting or stopping is waited for; one whose socket has been deleted is
    /// stopped.
    func runningServer() async throws -> PostmasterFile? {
        let deadline = ContinuousClock.now + .seconds(60)
        while let postmaster = PostmasterFile(in: data) {
            guard postmaster.isAlive else { return nil }
            if postmaster.status == "ready" {
                if postmaster.socketExists { return postmaster }
                kill(postmaster.processID, SIGINT)
            }
            guard .now < deadline else {
                throw LocalServerError(
                    """
                    the server in "\(data)" (process \(postmaster.processID)) is \
                    \(postmaster.status), and has not become ready
                    """,
                    hint: "See its log, \"\(log)\"."
                )
            }
            try await Task.sleep(for: .milliseconds(20))
        }
        return nil
    }

    /// Starts a server in the cluster and waits until it takes connections.
    func launch(with programs: ServerPrograms, options: LocalServer.Options) async throws {
        try removeMistakenFiles()
        let socket = try PrivateDirectory.forSocket(of: data, account: account)
        var settings = options.settings
        settings["listen_addresses"] = ""
        settings["unix_socket_directories"] = socket.path
        settings["port"] = "5432"
        if !options.isDurable {
            for name in ["fsync", "full_page_writes"] {
                settings[name] = "off"
            }
        }
        // A shell reads this.
        let words = settings.sorted { $0.key < $1.key }.map { name, value in
            "-c '\(name)=\(value.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "'\\''"))'"
        }
        let logStart = logSize
        let (succeeded, output) = try await programs.run(
            "pg_ctl",
            ["start", "-D", data, "-l", log, "-w", "-t", "60", "-o", words.joined(separator: " ")],
            as: account
        )
        guard succeeded else {
            let tail = logTail(from: logStart)
            throw LocalServerError(
                "could not start the server in \"\(data)\": \(tail.isEmpty ? output : tail)",
                hint: "See its log, \"\(log)\"."
            )
        }
    }

    /// Removes the files of a dead server if some process has its number: another program, or its
    /// own remains that nobody waited for.
    ///
    /// PostgreSQL sees by itself that a server is dead in all other cases.
    private func removeMistakenFiles() throws {
        guard let postmaster = PostmasterFile(in: data), postmaster.isMistaken else { return }
        let lock = "\(PrivateDirectory.socketPath(of: data))/.s.PGSQL.\(postmaster.port).lock"
        for path in [data + "/postmaster.pid", lock] where FileStatus(of: path) != nil {
            try FileManager.default.removeItem(atPath: path)
        }
    }

    /// Stops the server in the cluster and waits until it is gone; does nothing if none runs.
    func stop(with programs: ServerPrograms, mode: String) async throws {
        guard let postmaster = PostmasterFile(in: data), postmaster.isAlive else { return }
        let (succeeded, output) = try await programs.run(
            "pg_ctl",
            ["stop", "-D", data, "-m", mode, "-w", "-t", "60"],
            as: account
        )
        guard succeeded || !postmaster.isAlive else {
            throw LocalServerError("could not stop the server in \"\(data)\": \(output)")
        }
        rmdir(PrivateDirectory.socketPath(of: data))  // the next start makes it again
    }
}

extension FileLock {
    /// Waits for other processes that start or stop the server in `directory`.
    func wait(directory: String) async throws {
        let deadline = ContinuousClock.now + .seconds(120)
        while !tryExclusive() {
            guard .now < deadline else {
                throw LocalServerError(
                    "could not start or stop the server in \"\(directory)\": a process is doing so"
                )
            }
            try await Task.sleep(for: .milliseconds(20))
        }
    }
}
