import LocalPostgres

/// The private server of a `pawl dev`, which starts again if it dies.
struct DevServer: Sendable {
    let server: LocalServer
    let say: @Sendable (String) -> Void

    /// Looks after the server until the task is cancelled.
    func tend() async {
        while true {
            do {
                try await Task.sleep(for: .milliseconds(500))
                guard server.processID == nil else { continue }
                say("PostgreSQL has died; starting it again")
                // Whoever comes first, of several: the others find it running. What this returns
                // is let go at once; the one user of the server that counts is `server`.
                _ = try await LocalServer.start(
                    in: server.directory,
                    options: server.options
                )
            } catch is CancellationError {
                return
            } catch {
                // What the dead one left in memory may take a moment to go.
                say("\(error)")
            }
        }
    }

    func stop() async throws {
        let isStopped = try await server.stop()
        say(isStopped ? "PostgreSQL stopped" : "PostgreSQL goes on for another \"pawl dev\"")
    }
}
