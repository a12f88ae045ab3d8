import Glibc

/// A thread for work that blocks, so that no thread of the cooperative pool has to.
enum OwnThread {
    /// Runs `body` on a new thread, and returns whether there was one to be had.
    ///
    /// Broken pipes are errors there and no Unix signals, which would end the process.
    static func start(stack: Int, _ body: @escaping @Sendable () -> Void) -> Bool {
        var attributes = pthread_attr_t()
        pthread_attr_init(&attributes)
        defer { pthread_attr_destroy(&attributes) }
        pthread_attr_setstacksize(&attributes, stack)
        pthread_attr_setdetachstate(&attributes, CInt(PTHREAD_CREATE_DETACHED))
        let work = Unmanaged.passRetained(Work(body))
        var thread = pthread_t()
        let failure = pthread_create(
            &thread,
            &attributes,
            { work in
                guard let work else { return nil }
                var signals = sigset_t()
                sigemptyset(&signals)
                sigaddset(&signals, SIGPIPE)
                pthread_sigmask(SIG_BLOCK, &signals, nil)
                Unmanaged<Work>.fromOpaque(work).takeRetainedValue().body()
                return nil
            },
            work.toOpaque()
        )
        if failure != 0 { work.release() }
        return failure == 0
    }

    private final class Work: Sendable {
        let body: @Sendable () -> Void
        init(_ body: @escaping @Sendable () -> Void) { self.body = body }
    }
}
