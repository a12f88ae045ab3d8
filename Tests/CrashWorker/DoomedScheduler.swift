import Glibc
import Logging
import Pawl
import Synchronization

/// A scheduler that gets a signal when it first comes to a milestone: `kill` or `stop`.
func doomedScheduler(_ milestone: String, with signal: String) -> Scheduler {
    let isHit = Mutex(false)
    return Scheduler(database, logger: logger) { reached in
        let isFirst = isHit.withLock { hit in
            guard !hit, reached.rawValue == milestone else { return false }
            hit = true
            return true
        }
        if isFirst { kill(getpid(), signal == "kill" ? SIGKILL : SIGSTOP) }
    }
}
