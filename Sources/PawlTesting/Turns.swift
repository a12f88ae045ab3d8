/// Lets a few tests have a database at a time, in the order in which they asked.
///
/// All tests of a process start at once. Without turns their connections would exceed what the
/// server takes, and each test's waits would be as long as all tests together.
actor Turns {
    /// Enough to keep a developer's machine busy, with 30 connections for each.
    static let shared = Turns(count: 10)

    private var free: Int
    private var waiting: [CheckedContinuation<Void, Never>] = []

    init(count: Int) { free = count }

    func take() async {
        if free > 0 {
            free -= 1
        } else {
            await withCheckedContinuation { waiting.append($0) }
        }
    }

    func giveBack() {
        if waiting.isEmpty { free += 1 } else { waiting.removeFirst().resume() }
    }
}
