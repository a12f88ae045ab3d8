import Postgres

/// Where in a queue a worker's next claim may start: for each priority, the task that it claimed last.
package struct ClaimPlace: Sendable {
    private(set) var instants = [Instant?](repeating: nil, count: 10)
    private(set) var tasks = [Int64?](repeating: nil, count: 10)

    /// The beginning of the queue.
    package init() {}

    /// Notes that a task was claimed, after those before it.
    mutating func pass(_ task: Int64, dueAt instant: Instant, priority: Int) {
        instants[priority] = instant
        tasks[priority] = task
    }
}
