import CLibPQ
import Glibc
import Synchronization

/// One connection to PostgreSQL on a thread of its own.
///
/// Statements are synchronous calls in a closure that runs on that thread, so a whole transaction
/// is one hop there and one back. Calls from several tasks are executed one after the other.
///
/// When the task that called ``run(_:)`` is cancelled, so is the statement it waits for.
///
/// The thread ends with the last reference to the connection.
public actor Connection {
    private let configuration: PostgresConfiguration
    private let thread: ConnectionThread
    private let hub = NotificationHub()
    private let lost = Atomic<Bool>(true)
    private var session: Session?

    /// The connection's thread.
    public nonisolated var unownedExecutor: UnownedSerialExecutor {
        thread.asUnownedSerialExecutor()
    }

    /// Makes a connection that is not open yet.
    ///
    /// - Throws: If the process has no thread or file descriptor left.
    public init(_ configuration: PostgresConfiguration) throws(PostgresError) {
        self.configuration = configuration
        self.thread = try ConnectionThread()
    }

    deinit {
        thread.stop()
        hub.finish()
    }

    /// True unless the connection is open, as far as is known.
    ///
    /// That the server went away is noticed without a statement, at once if it says so, after a
    /// few seconds if the network is dead. Open the connection again then, or make another.
    public nonisolated var isLost: Bool { lost.load(ordering: .acquiring) }

    /// Connects, or connects again if the connection was lost.
    public func open() async throws {
        if let session, !session.isLost { return }
        endSession()
        try Task.checkCancellation()
        let session = try Session.open(configuration)
        session.wire.notificationHandler = { [hub] in hub.deliver($0) }
        self.session = session
        lost.store(false, ordering: .releasing)
        thread.watch(session.wire.socket) { [weak self] in
            self?.assumeIsolated { $0.readUnasked() }
        }
    }

    /// Ends the connection, after the work that is under way.
    public func close() async {
        endSession()
    }

    /// Runs `body` on the connection's thread.
    ///
    /// - Throws: `CancellationError` if the task was cancelled before, or while it waited for a
    ///   statement; a ``PostgresError`` of ``Remedy/reconnect`` if the connection is not open; or
    ///   what `body` throws.
    @discardableResult
    public func run<Output: Sendable>(
        _ body: @Sendable (Session) throws -> Output
    ) async throws -> Output {
        guard let output = try await runUnlessLost(body) else {
            throw session?.wire.lost() ?? .closed("connection")
        }
        return output
    }

    /// Runs `body`, or returns `nil` without doing so if the connection is lost.
    func runUnlessLost<Output: Sendable>(
        _ body: @Sendable (Session) throws -> Output
    ) async throws -> Output? {
        try Task.checkCancellation()
        // What has come since the thread last slept may be the server's good-bye.
        if let session, session.wire.hasUnread { readUnasked() }
        guard let session, !isLost else { return nil }
        let gate = session.wire.gate
        let run = gate.enter()
        defer {
            gate.leave()
            if session.isLost { noteLoss() }
        }
        do {
            return try await withTaskCancellationHandler {
                try execute(body, session)
            } onCancel: {
                gate.cancel(run)
            }
        } catch let error as PostgresError where error.isCancellation {
            throw CancellationError()
        }
    }

    /// Calls `body` on the thread.
    ///
    /// A closure is isolated to an actor only if it uses the actor: one that called `body` by itself
    /// would do so on a thread of the cooperative pool.
    private func execute<Output>(
        _ body: (Session) throws -> Output,
        _ session: Session
    ) throws
        -> Output
    {
        thread.checkIsolated()
        return try body(session)
    }

    private func perform<Output>(
        _ body: (Session) throws -> Output,
        with session: Session
    ) throws -> Output {
        thread.checkIsolated()
        return try body(session)
    }

    /// Listens to channels and returns what is sent on them from now on.
    ///
    /// The stream ends when the connection is lost or closed; what was sent in between is not
    /// made up for. A reader that falls 1,024 notifications behind loses the oldest.
    public func listen(to channels: [String]) async throws -> AsyncStream<Notification> {
        let stream = hub.subscribe(to: channels)
        let text = channels.map { "listen \(Session.quoted(identifier: $0))" }
        try await run { session in try session.script(text.joined(separator: "; ")) }
        return stream
    }

    private func readUnasked() {
        guard let session else { return }
        // A connection that has ended is readable for ever, and says so the second time.
        repeat {
            guard session.wire.readUnasked() else { return noteLoss() }
        } while session.wire.hasUnread
    }

    private func noteLoss() {
        thread.watch(-1, nil)
        lost.store(true, ordering: .releasing)
        hub.finish()
    }

    private func endSession() {
        noteLoss()
        session?.close()
        session = nil
    }
}

extension Wire {
    /// True if something has come that was not read yet.
    fileprivate var hasUnread: Bool {
        var polled = pollfd(fd: socket, events: Int16(POLLIN), revents: 0)
        return poll(&polled, 1, 0) > 0
    }
}
