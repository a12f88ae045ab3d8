import PawlCore
import Testing

/// What follows when a step failed or put itself off, and when a run's time is up.
struct PlannerFailureTests {
    private func step(_ attempt: Int = 1, crashes: Int = 0) -> Step {
        Step(StepID(path: "a"), kind: .handler("a"), attempt: attempt, crashes: crashes)
    }

    private static let broken = Failure(.execution, "broken")

    @Test
    func `a failure is tried again as the policy says`() throws {
        let planner = Planner(.job("a"))
        let policy = RetryPolicy(maximumRetries: 2, delay: .seconds(8))
        func plan(attempt: Int, crashes: Int = 0, _ failure: Failure = Self.broken) -> Transition {
            planner.plan(
                step(attempt, crashes: crashes),
                .failed(failure),
                in: Projection(after: []),
                retry: policy,
                jitter: 0
            )
        }
        let first = plan(attempt: 1)
        #expect(first.disposition == .again(after: .seconds(4), charged: true))
        #expect(first.events.map(\.kind) == [.stepRetrying])
        #expect(first.events.map(\.attempt) == [1])
        #expect(
            try first.json(at: 0) == [
                "error": ["code": "EXECUTION_ERROR", "message": "broken"], "delay": "4s",
            ]
        )
        #expect(plan(attempt: 2).disposition == .again(after: .seconds(8), charged: true))

        let last = plan(attempt: 3)
        #expect(last.disposition == .drop)
        #expect(last.ending == .failed)
        #expect(last.events.map(\.kind) == [.runFailed])
        #expect(
            try last.json(at: 0) == [
                "code": "EXECUTION_ERROR", "message": "broken (after 3 attempts)", "attempts": 3,
            ]
        )
        let crashed = plan(attempt: 5, crashes: 2)
        #expect(try crashed.json(at: 0)?["attempts"] == 3)
        // The one attempt of a step is not counted, and the longest message has room for the number.
        let only = plan(attempt: 1, Failure(.validation, "no", isRetryable: false))
        #expect(try only.json(at: 0) == ["code": "VALIDATION_ERROR", "message": "no"])
        let long = plan(attempt: 3, Failure(.execution, String(repeating: "x", count: 9_000)))
        let message = try long.json(at: 0)?["message"]?.stringValue
        #expect(message?.count == 4_000 && message?.hasSuffix("x (after 3 attempts)") == true)

        // Attempts that died with their worker are no failures of the step.
        #expect(
            plan(attempt: 3, crashes: 2).disposition == .again(after: .seconds(4), charged: true)
        )
        #expect(plan(attempt: 5, crashes: 2).ending == .failed)
        // Even if nothing else happened to it.
        #expect(
            plan(attempt: 2, crashes: 2).disposition == .again(after: .seconds(4), charged: true)
        )

        #expect(plan(attempt: 1, Failure(.validation, "", isRetryable: false)).ending == .failed)
        let asked = Failure(.execution, "busy", retryAfter: .seconds(99))
        #expect(plan(attempt: 1, asked).disposition == .again(after: .seconds(99), charged: true))
        #expect(plan(attempt: 3, asked).ending == .failed)
    }

    @Test
    func `a snooze charges no attempt`() throws {
        let transition = Planner(.job("a")).plan(
            step(3),
            .snoozed(for: .seconds(90)),
            in: Projection(after: [])
        )
        #expect(transition.disposition == .again(after: .seconds(90), charged: false))
        #expect(transition.events.map(\.kind) == [.stepSnoozed])
        #expect(try transition.json(at: 0) == ["delay": "1m30s"])
    }

    @Test(
        arguments: [
            (.seconds(-5), .zero), (.zero, .zero), (.seconds(Int64.max), .longestText),
            (.seconds(Int64.min), .zero),
        ] as [(Duration, Duration)]
    )
    func `a delay is kept to what a column takes`(asked: Duration, kept: Duration) {
        let planner = Planner(.job("a"))
        let snoozed = planner.plan(step(), .snoozed(for: asked), in: Projection(after: []))
        #expect(snoozed.disposition == .again(after: kept, charged: false))
        let failed = planner.plan(
            step(),
            .failed(Failure(.execution, "busy", retryAfter: asked)),
            in: Projection(after: []),
            retry: RetryPolicy()
        )
        #expect(failed.disposition == .again(after: kept, charged: true))
    }

    @Test
    func `a deadline fails the run, whatever else is known`() throws {
        let planner = Planner(.job("a"))
        for outcome in [.entered, .expired, .resumed(answer: []), .completed(output: nil)]
            as [Outcome]
        {
            let transition = planner.plan(
                Step(StepID(path: "@deadline"), kind: .deadline),
                outcome,
                in: Projection(after: []),
                retry: RetryPolicy()
            )
            #expect(transition.ending == .failed)
            #expect(transition.disposition == .drop)
            #expect(transition.events.map(\.step) == [StepID(path: "@deadline")])
            #expect(try transition.json(at: 0)?["code"] == "TIMEOUT_ERROR")
        }
    }
}
