import Testing

@testable import PawlCore

/// Steps that are runs of other workflows.
struct PlannerChildRunTests {
    private func definition(_ config: JSON, _ members: [String: JSON] = [:]) throws -> Definition {
        try .trusted("w:workflow", "start>w w>end", configs: ["w": config], members: ["w": members])
    }

    private func plan(
        _ definition: Definition,
        _ outcome: Outcome,
        visit: Int = 1
    ) -> Transition {
        Planner(definition).plan(
            Step(StepID(path: "w", visit: visit), kind: .workflow),
            outcome,
            in: Projection(input: [], run: "7")
        )
    }

    @Test
    func `another run begins, and the step waits for its end`() throws {
        let definition = try definition(
            ["workflow": "child", "input": ["n": 1]],
            ["timeout": "1m"]
        )
        let transition = plan(definition, .entered, visit: 2)
        let spawn = try #require(transition.spawns.first)
        #expect(spawn.workflow == "child")
        #expect(try JSON(parsing: spawn.input) == ["n": 1])
        #expect(spawn.key == "7/w/2")
        #expect(spawn.isAwaited)
        #expect(
            transition.disposition
                == .park(
                    at: Transition.Position(StepID(path: "w", visit: 2), kind: .workflow, hops: 0),
                    due: .after(.seconds(60))
                )
        )
        #expect(transition.events.map(\.kind) == [.stepWaiting])
    }

    @Test
    func `a step that does not wait goes on at once`() throws {
        let transition = plan(
            try definition(["workflow": "child", "wait": false, "key": "mine"]),
            .entered
        )
        #expect(transition.spawns.map(\.isAwaited) == [false])
        #expect(transition.spawns.map(\.key) == ["mine"])
        #expect(try transition.json(at: 0) == ["workflow": "child", "key": "mine"])
        #expect(transition.ending == .completed)
    }

    @Test(
        arguments: [
            (["status": "completed", "output": ["x": 1]], nil),
            (["status": "completed", "output": nil], nil),
            (
                [
                    "status": "failed", "run_id": "9", "workflow": "child",
                    "error": ["message": "no"],
                ],
                "run 9 of workflow 'child' is failed: no"
            ),
            (
                ["status": "cancelled", "run_id": "9", "workflow": "child"],
                "run 9 of workflow 'child' is cancelled"
            ),
            (nil, "run  of workflow '' is gone"),
        ] as [(JSON, String?)]
    )
    func `its end is the step's`(answer: JSON, message: String?) throws {
        let transition = plan(
            try definition(["workflow": "child"]),
            .resumed(answer: answer.serialized())
        )
        #expect(transition.resolvesWait)
        #expect(transition.ending == (message == nil ? .completed : .failed))
        let failure: JSON? = message.map { ["code": "STEP_FAILED", "message": .string($0)] }
        let gave = answer["output"]?.isNull == false ? answer["output"] : .none
        #expect(try transition.json(at: 0) == (failure ?? gave))
    }

    @Test
    func `a run that takes too long fails the step, and nobody waits for it any more`() throws {
        var run = try Rehearsal(definition(["workflow": "child"], ["timeout": "1m"]))
        #expect(run.run.children.map(\.isLive) == [true])
        try run.expire("w")
        #expect(run.run.ending == .failed)
        #expect(
            try run.result == [
                "code": "TIMEOUT_ERROR",
                "message":
                    "step w: the run of workflow 'child' that it waited for did not end within 1m",
            ]
        )
        #expect(run.run.children.map(\.isCancelled) == [true])
    }
}
