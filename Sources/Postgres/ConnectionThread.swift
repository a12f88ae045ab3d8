import CLibPQ
import Glibc
import Synchronization

/// A thread that executes one actor's jobs, and between them watches one socket.
///
/// libpq may block it, so no thread of the cooperative pool waits for a server. It sleeps in
/// `poll`, on a file descriptor that wakes it for a job and on the socket; so what the server
/// sends unasked, or its end, is noticed while nothing else happens.
///
/// It ends when it was stopped and no job is left. Stop it only when its actor is gone: a job
/// that is enqueued later would never be executed.
final class ConnectionThread: SerialExecutor {
    private struct Inbox {
        var jobs: [UnownedJob] = []
        var isAsleep = false
        var isStopped = false
        var socket: Int32 = -1
        var whenReadable: (@Sendable () -> Void)?
    }

    private let inbox = Mutex(Inbox())
    private let wakeup: Int32
    private let identity = Atomic<UInt>(0)

    init() throws(PostgresError) {
        wakeup = eventfd(0, Int32(EFD_CLOEXEC | EFD_NONBLOCK))
        guard wakeup >= 0 else {
            throw PostgresError(
                "could not open a connection: too many open files",
                remedy: .backOff,
                hint: "raise the limit of open files or open fewer connections"
            )
        }
        let attributes = UnsafeMutablePointer<pthread_attr_t>.allocate(capacity: 1)
        defer { attributes.deallocate() }
        pthread_attr_init(attributes)
        defer { pthread_attr_destroy(attributes) }
        // What a caller does in a transaction runs here, too; only what is used takes memory.
        pthread_attr_setstacksize(attributes, 4 << 20)
        pthread_attr_setdetachstate(attributes, CInt(PTHREAD_CREATE_DETACHED))
        var thread = pthread_t()
        let me = Unmanaged.passRetained(self)
        let failure = pthread_create(
            &thread,
            attributes,
            { me in
                guard let me else { return nil }
                Unmanaged<ConnectionThread>.fromOpaque(me).takeRetainedValue().main()
                return nil
            },
            me.toOpaque()
        )
        guard failure == 0 else {
            me.release()
            throw PostgresError("could not open a connection: no thread is left", remedy: .backOff)
        }
    }

    deinit { close(wakeup) }

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        inbox.withLock { inbox in
            inbox.jobs.append(job)
            wake(&inbox)
        }
    }

    /// Calls `action` on the thread whenever `socket` has something to read; -1 is no socket.
    func watch(_ socket: Int32, _ action: (@Sendable () -> Void)?) {
        inbox.withLock { inbox in
            inbox.socket = socket
            inbox.whenReadable = action
            wake(&inbox)
        }
    }

    func stop() {
        inbox.withLock { inbox in
            inbox.isStopped = true
            inbox.whenReadable = nil
            wake(&inbox)
        }
    }

    func isIsolatingCurrentContext() -> Bool? {
        identity.load(ordering: .relaxed) == UInt(pthread_self())
    }

    func checkIsolated() {
        precondition(isIsolatingCurrentContext() == true, "not on the connection's thread")
    }

    /// Wakes the thread, with the lock held, so that it cannot end before it was woken.
    private func wake(_ inbox: inout Inbox) {
        guard inbox.isAsleep else { return }
        inbox.isAsleep = false
        eventfd_write(wakeup, 1)
    }

    private func main() {
        identity.store(UInt(pthread_self()), ordering: .relaxed)
        let executor = asUnownedSerialExecutor()
        while true {
            let (jobs, socket, isOver) = inbox.withLock { inbox in
                let jobs = inbox.jobs
                inbox.jobs = []
                inbox.isAsleep = jobs.isEmpty && !inbox.isStopped
                return (jobs, inbox.socket, jobs.isEmpty && inbox.isStopped)
            }
            if isOver { return }
            for job in jobs { job.runSynchronously(on: executor) }
            if jobs.isEmpty { sleep(watching: socket) }
        }
    }

    private func sleep(watching socket: Int32) {
        var polled = (
            pollfd(fd: wakeup, events: Int16(POLLIN), revents: 0),
            pollfd(fd: socket, events: Int16(POLLIN), revents: 0)  // -1 is passed over
        )
        withUnsafeMutableBytes(of: &polled) { raw in
            _ = poll(raw.bindMemory(to: pollfd.self).baseAddress, 2, -1)
        }
        let action = inbox.withLock { inbox in
            inbox.isAsleep = false
            return inbox.socket == socket ? inbox.whenReadable : nil
        }
        if polled.0.revents != 0 {
            var count: eventfd_t = 0
            eventfd_read(wakeup, &count)
        }
        if polled.1.revents != 0 { action?() }
    }
}
