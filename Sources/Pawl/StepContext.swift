public import FoundationEssentials
public import Logging
public import PawlCore
import PawlStore
import Postgres

/// What a handler is given besides its input: who it works for, and the ways to be durable.
///
/// Valid during one call of the handler. After the lease of the step is lost, every method throws
/// `CancellationError`, and what the handler returns is not recorded.
public struct StepContext: Sendable {
    let flight: Flight

    init(_ flight: Flight) {
        self.flight = flight
    }

    /// The run.
    public var runID: UUID { flight.claim.run }
    /// The run's workflow.
    public var workflow: String { flight.claim.workflow }
    /// The version of the workflow that the run is pinned to.
    public var version: Int { flight.claim.version }
    /// The run's tenant.
    public var tenant: String { flight.claim.tenant }
    /// The key that the run was enqueued with.
    public var key: String? { flight.claim.key }
    /// The step: where in the workflow, and the how-manieth visit.
    public var step: StepID { flight.claim.step }
    /// The attempt, from 1.
    ///
    /// Attempts that were released or snoozed are not counted.
    public var attempt: Int { flight.claim.attempt }
    /// Grows with each claim of the step.
    ///
    /// A system that remembers the largest fence it has seen can refuse a worker that was given up
    /// for dead.
    public var fence: Int64 { flight.claim.fence }
    /// The same for every attempt of the step, and of no other step: hand it to services that drop
    /// repeated requests.
    public var idempotencyKey: String {
        "\(flight.claim.run.text)/\(step.path)/\(step.visit)"
    }
    /// A logger that says which run and step it speaks of.
    public var logger: Logger { flight.logger }

    /// The run's input as a JSON text.
    public var input: [UInt8] { flight.claim.input }

    /// Whether the step should stop: it was cancelled, took too long, or its worker shuts down.
    ///
    /// The task that runs the handler is cancelled at the same time, so that most waiting ends by
    /// itself.
    public var isCancelled: Bool { Task.isCancelled || flight.isRevoked }

    /// Returns the output of an earlier step of the run, of its latest visit.
    ///
    /// `path` is a node's id, or its path inside containers.
    ///
    /// - Returns: `nil` if the step has no output.
    /// - Throws: ``HandlerError/permanent(_:)`` if the output is not a `Value`.
    public func output<Value: Decodable>(
        of path: String,
        as type: Value.Type = Value.self
    ) throws
        -> Value?
    {
        let output = flight.planner.output(of: path, at: flight.step, in: flight.known.projection)
        guard let output else { return nil }
        return try decode(type, from: output, what: "the output of step \"\(path)\"")
    }

    /// Runs `body` in a database transaction that also settles the step.
    ///
    /// Both are written, or neither is: effects inside `body` happen exactly once.
    ///
    /// What `body` returns is the step's output. Return it from the handler at once: what the
    /// handler does afterwards is outside of the step. `body` runs on the connection's thread and
    /// may run again if the transaction has to be repeated.
    ///
    /// - Throws: `CancellationError` if the lease of the step was lost; nothing was written then.
    ///   What `body` throws, after rolling back.
    public func transaction<Output: Encodable & Sendable>(
        _ body: @escaping @Sendable (borrowing Transaction) throws -> Output
    ) async throws -> Output {
        try await flight.settleInTransaction { session in
            let output = try body(Transaction(session))
            return (output, try encodeOutput(output))
        }
    }

    /// Returns the value recorded under `name`, or runs `body` and records what it returns.
    ///
    /// A later attempt of the step gets the recorded value; `body` is not run again. Names are the
    /// step's own. Values are forgotten when the step ends.
    ///
    /// - Throws: `CancellationError` if the lease of the step was lost, and what `body` throws.
    public func checkpoint<Value: Codable & Sendable>(
        _ name: String,
        _ body: () async throws -> Value
    ) async throws -> Value {
        if let known = try await flight.checkpoint(name) {
            return try decode(Value.self, from: known, what: "checkpoint \"\(name)\"")
        }
        let value = try await body()
        try await flight.saveCheckpoint(name, encode(value, what: "checkpoint \"\(name)\""))
        return value
    }

    /// Waits, for as long as months, without holding a worker.
    ///
    /// The first call under `name` records when the pause ends. If that is more than a moment away,
    /// the call throws ``HandlerError/snooze(_:)``, which the handler must let through; the handler
    /// is called anew when the time has come, and then the call returns.
    public func sleep(_ name: String, for duration: Duration) async throws {
        while true {
            let remaining = try await flight.remainingPause("sleep \(name)", duration)
            if remaining <= .zero { return }
            guard remaining < .milliseconds(500) else { throw HandlerError.snooze(remaining) }
            try await Task.sleep(for: remaining)
        }
    }

    /// Tells something to those who follow the run, in the order of the calls.
    ///
    /// Costs nothing and never waits. It is recorded with the step's end, or about a second later if
    /// the step takes longer.
    public func emit(_ payload: some Encodable) throws {
        flight.emit(try encode(payload, what: "what was emitted"))
    }

    /// Tells how far the step is, from 0 to 1, for people who watch.
    ///
    /// Costs nothing and never waits; about once a second the latest report is recorded.
    public func progress(_ fraction: Double, _ message: String = "") {
        flight.report(
            progress: ["fraction": .number(min(max(fraction, 0), 1)), "message": .string(message)])
    }

    /// Tells what the run used of its rate in fact, in the unit of its weight.
    ///
    /// It counts instead of the run's weight, at once, whatever becomes of the attempt. What later
    /// calls tell, and later attempts, is added.
    ///
    /// - Throws: `CancellationError` if the lease of the step was lost; nothing was noted then.
    public func used(_ amount: Double) async throws {
        let (task, fence) = (flight.claim.task, flight.claim.fence)
        guard try await flight.crew.pool.run({ try $0.noteUse(amount, task: task, fence: fence) })
        else {
            flight.revoke(because: .lost)
            throw CancellationError()
        }
    }

    func decodeInput<Input: Decodable>() throws -> Input {
        try decode(Input.self, from: flight.claim.input, what: "the input")
    }

    /// An output that is `null` is none.
    func encodeOutput(_ value: some Encodable) throws -> [UInt8]? {
        let text = try encode(value, what: "the output")
        return text == JSON.null.serialized() ? nil : text
    }

    private func decode<Value: Decodable>(
        _ type: Value.Type,
        from text: [UInt8],
        what: String
    ) throws -> Value {
        // Every step of a run is given the run's input, which may be large.
        if let nothing = Done() as? Value { return nothing }
        do {
            if type == JSON.self, let json = try JSON(parsing: text) as? Value { return json }
            return try JSONDecoder().decode(type, from: Data(text))
        } catch {
            throw Failure(
                .validation,
                "could not read \(what) as \(type): \(error)",
                isRetryable: false
            )
        }
    }

    private func encode(_ value: some Encodable, what: String) throws -> [UInt8] {
        if value is Done { return JSON.object([:]).serialized() }
        let text: [UInt8]
        do {
            text =
                try (value as? JSON)?.serialized() ?? [UInt8](JSONEncoder().encode(value))
        } catch {
            throw Failure(.validation, "could not write \(what): \(error)", isRetryable: false)
        }
        guard text.count <= Self.largestValue else {
            throw Failure(
                .validation,
                "\(what) has \(text.count) bytes, more than \(Self.largestValue); store it elsewhere and return a reference",
                isRetryable: false
            )
        }
        guard !text.containsEscapedNUL else {
            throw Failure(
                .validation,
                "\(what) has a NUL character, which PostgreSQL cannot store",
                isRetryable: false
            )
        }
        return text
    }

    /// As much as an input may have: what is larger belongs into a store for large things.
    private static let largestValue = 1 << 20
}

extension [UInt8] {
    /// Whether a JSON text has `\u0000`: json stores it, and then no function can read it.
    fileprivate var containsEscapedNUL: Bool {
        guard let first = firstIndex(of: UInt8(ascii: "\\")) else { return false }
        var index = first
        while index < count - 1 {
            if self[index] != UInt8(ascii: "\\") {
                index += 1
            } else if self[index + 1] == UInt8(ascii: "u"), index + 5 < count,
                self[(index + 2)...(index + 5)].allSatisfy({ $0 == UInt8(ascii: "0") })
            {
                return true
            } else {
                index += 2  // An escaped character, which may be a backslash.
            }
        }
        return false
    }
}
