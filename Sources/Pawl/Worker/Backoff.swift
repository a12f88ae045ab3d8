/// Pauses between tries of a loop that must not give up: short at first, at most two seconds.
struct Backoff {
    private var tries = 0

    /// Waits, longer each time, with chance so that workers which failed together do not come back
    /// together.
    ///
    /// Returns at once when the task is cancelled.
    mutating func wait() async {
        tries += 1
        let ceiling = Duration.milliseconds(50) * (1 << min(tries, 6))
        let pause = min(ceiling, .seconds(2)) * Double.random(in: 0.5...1)
        do { try await Task.sleep(for: pause) } catch { return }
    }

    /// Starts again with short pauses.
    mutating func reset() { tries = 0 }
}
