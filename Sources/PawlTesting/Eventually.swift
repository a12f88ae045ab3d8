/// Waits until `look` finds a fact, and fails by name if it does not become true in time.
///
/// ```swift
/// try await eventually("the run completes") { try await client.status(of: run) == .completed }
/// ```
///
/// It looks again and again, a few milliseconds apart: tests wait for facts, never for time.
///
/// - Throws: ``NeverTrue`` after `limit`, or what `look` throws.
public func eventually(
    _ fact: String,
    within limit: Duration = .seconds(20),
    _ look: () async throws -> Bool
) async throws {
    try await eventually(fact, within: limit) { try await look() ? () : nil }
}

/// Waits until `look` finds a value, gives it, and fails by name if there is none in time.
///
/// - Throws: ``NeverTrue`` after `limit`, or what `look` throws.
@discardableResult
public func eventually<Value>(
    _ fact: String,
    within limit: Duration = .seconds(20),
    _ look: () async throws -> Value?
) async throws -> Value {
    let deadline = ContinuousClock.now + limit
    while true {
        // Looks once more after the deadline: on a busy machine the test may have slept past it.
        let isLast = ContinuousClock.now >= deadline
        if let value = try await look() { return value }
        if isLast { throw NeverTrue(fact: fact, limit: limit) }
        try await Task.sleep(for: .milliseconds(5))
    }
}

/// A fact that a test waited for in vain.
public struct NeverTrue: Error, CustomStringConvertible {
    /// What the test waited for, as a sentence.
    public let fact: String
    /// How long the test waited.
    public let limit: Duration

    /// The fact and the time.
    public var description: String { "not within \(limit): \(fact)" }
}
