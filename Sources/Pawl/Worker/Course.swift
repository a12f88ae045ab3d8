import Synchronization

/// Whether a worker goes on, finishes what it has, or gives it back.
///
///     sailing ──▶ draining ──▶ abandoning
///
/// It never turns back.
final class Course: Sendable {
    enum Heading: Int, Sendable {
        /// Claims and executes.
        case sailing
        /// Claims nothing more; what is executed may end.
        case draining
        /// Everything is cancelled and given back.
        case abandoning
    }

    private let heading = Mutex(Heading.sailing)

    var current: Heading { heading.withLock { $0 } }
    var claims: Bool { current == .sailing }

    /// Turns to a later heading; an earlier one is not taken.
    ///
    /// - Returns: Whether that changed anything.
    func turn(to new: Heading) -> Bool {
        heading.withLock { heading in
            guard new.rawValue > heading.rawValue else { return false }
            heading = new
            return true
        }
    }
}
