public import PawlCore
import Synchronization

extension Handler {
    /// Creates a handler that serves many steps with one call, and a workflow of one step like
    /// ``job(_:retry:timeout:limits:_:)``.
    ///
    /// Steps of the kind that this worker has claimed wait for one another: until there are `size` of
    /// them, or the first of them has waited for as long as `time`. `body` gets their inputs and their
    /// contexts in the same order, and returns as many results in that order. Each step ends with its
    /// own; what `body` throws fails all of them, each to be tried again as its policy says.
    ///
    /// A step that is cancelled or takes too long leaves its batch, and the others go on; when all have
    /// left, the task that runs `body` is cancelled. A batch is no transaction: each step is settled by
    /// itself.
    ///
    /// `size` is at least 1; a worker with fewer slots never fills it. `time` adds to the time of each
    /// step.
    public static func batch<Input: Decodable & Sendable, Output: Encodable & Sendable>(
        _ kind: String,
        size: Int = 100,
        within time: Duration = .milliseconds(20),
        retry: RetryPolicy = RetryPolicy(),
        timeout: Duration? = nil,
        limits: RunLimits = RunLimits(),
        _ body:
            @escaping @Sendable ([Input], [StepContext]) async throws
            -> [Result<Output, any Error>]
    ) -> Handler {
        precondition(size >= 1, "a batch has at least one step")
        let batches = Batches(size: size, time: time, body)
        return Handler.job(kind, retry: retry, timeout: timeout, limits: limits) {
            (input: Input, context: StepContext) in
            try await batches.serve(input, context)
        }
    }
}

/// The batches of one handler.
///
///     gathering ── full, or its time is over ──▶ called ──▶ over
///
/// Invariants:
///   (1) A member is resumed once: by who takes it out of its batch, under the lock.
///   (2) A batch is called by a task of its own, since that of no member may outlast the member.
private final class Batches<Input: Sendable, Output: Sendable>: Sendable {
    typealias Body = @Sendable ([Input], [StepContext]) async throws -> [Result<Output, any Error>]

    private struct Member {
        let input: Input
        let context: StepContext
        let resume: CheckedContinuation<Output, any Error>
    }

    private struct Batch {
        var members: [Int: Member] = [:]
        let gathering: Task<Void, any Error>
        let task: Task<Void, Never>
    }

    private struct State {
        var gathering: Int?
        var batches: [Int: Batch] = [:]
        var lastNumber = 0
        /// Members that were cancelled before they came in.
        var cancelled: Set<Int> = []

        mutating func number() -> Int {
            lastNumber += 1
            return lastNumber
        }
    }

    private let size: Int
    private let time: Duration
    private let body: Body
    private let state = Mutex(State())

    init(size: Int, time: Duration, _ body: @escaping Body) {
        self.size = size
        self.time = time
        self.body = body
    }

    /// Waits for others, and gives what the call came to for this one.
    func serve(_ input: Input, _ context: StepContext) async throws -> Output {
        let number = state.withLock { $0.number() }
        // Who is cancelled at the very end was not in a batch any more.
        defer { state.withLock { _ = $0.cancelled.remove(number) } }
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { resume in
                join(number, Member(input: input, context: context, resume: resume))
            }
        } onCancel: {
            leave(number)
        }
    }

    private func join(_ number: Int, _ member: Member) {
        let isTooLate = state.withLock { state in
            if state.cancelled.remove(number) != nil { return true }
            let batch: Int
            if let gathering = state.gathering {
                batch = gathering
            } else {
                batch = state.number()
                state.gathering = batch
                let gathering = Task { [time] in try await Task.sleep(for: time) }
                state.batches[batch] = Batch(
                    gathering: gathering,
                    task: Task { [self] in  // (2)
                        _ = await gathering.result  // It is cut short when the batch is full.
                        await call(batch)
                    }
                )
            }
            state.batches[batch]?.members[number] = member
            if state.batches[batch]?.members.count == size {
                state.gathering = nil
                state.batches[batch]?.gathering.cancel()
            }
            return false
        }
        if isTooLate { member.resume.resume(throwing: CancellationError()) }
    }

    /// Takes a member out whose step is to stop.
    private func leave(_ number: Int) {
        let member: Member? = state.withLock { state in
            for (batch, content) in state.batches where content.members[number] != nil {
                let member = state.batches[batch]?.members.removeValue(forKey: number)
                if content.members.count == 1, state.gathering != batch { content.task.cancel() }
                return member
            }
            state.cancelled.insert(number)
            return nil
        }
        member?.resume.resume(throwing: CancellationError())
    }

    private func call(_ batch: Int) async {
        let members = state.withLock { state in
            if state.gathering == batch { state.gathering = nil }
            return state.batches[batch]?.members ?? [:]
        }
        let order = members.keys.sorted()
        let results = await results(
            order.compactMap { members[$0]?.input },
            order.compactMap { members[$0]?.context }
        )
        // Those that have not left meanwhile.
        let rest = state.withLock { $0.batches.removeValue(forKey: batch)?.members ?? [:] }
        for (number, result) in zip(order, results) { rest[number]?.resume.resume(with: result) }
    }

    private func results(
        _ inputs: [Input],
        _ contexts: [StepContext]
    ) async -> [Result<Output, any Error>] {
        guard !inputs.isEmpty else { return [] }
        do {
            let results = try await body(inputs, contexts)
            guard results.count == inputs.count else {
                throw HandlerError.permanent(
                    "the batch returned \(results.count) results for \(inputs.count) steps"
                )
            }
            return results
        } catch {
            return inputs.map { _ in .failure(error) }
        }
    }
}
