import Testing

@testable import PawlCore

/// The states of a run's steps, as its history tells them.
struct StepHistoryTests {
    /// A run whose definition names a node for its end, with what its history and its stream say.
    private func run(_ member: String, _ outcomes: [String: [Outcome]]) throws -> Rehearsal {
        try Rehearsal(
            .graph("a:work last:work", "start>a a>end", members: ["": [member: "last"]]),
            outcomes
        )
    }

    private func states(_ run: Rehearsal) throws -> [String: StepState] {
        var history = StepHistory()
        for (index, event) in run.run.events.enumerated() {
            try history.read(event, seq: index + 1)
        }
        return Dictionary(history.steps.map { ($0.step.path, $0) }, uniquingKeysWith: { $1 })
    }

    @Test
    func `the step that runs last keeps what became of it`() throws {
        let failed = try run("on_error", ["a": [Rehearsal.failed]])
        #expect(failed.run.ending == .failed)
        let afterFailure = try states(failed)
        #expect(afterFailure["a"]?.status == .failed)
        #expect(afterFailure["last"]?.status == .completed)
        #expect(afterFailure["last"]?.output == JSON.string("last").serialized())

        let completed = try run("on_complete", ["last": [Rehearsal.failed]])
        #expect(completed.run.ending == .completed)
        let afterEnd = try states(completed)
        #expect(afterEnd["end"]?.status == .completed)
        #expect(afterEnd["last"]?.status == .failed)
    }

    @Test
    func `a run that is taken up again ends at its last step`() throws {
        var again = try run("on_error", ["a": [Rehearsal.failed, Rehearsal.failed]])
        try again.retry(["a": [Rehearsal.gave(1)]])
        #expect(again.run.ending == .completed)
        let states = try states(again)
        #expect(states["end"]?.status == .completed)
    }

    @Test
    func `followers are told once that the last step ended, and how`() throws {
        let failed = try run("on_error", ["a": [Rehearsal.failed]])
        var projector = StreamProjector(failed.run.definition, input: [:])
        let items = failed.run.events.enumerated().flatMap { index, event in
            projector.items(for: event, seq: index + 1)
        }
        let ends = items.filter { $0.mode == .lifecycle && $0.payload["phase"] == "complete" }
        #expect(
            ends.map { "\($0.node ?? "") \($0.payload["status"]?.stringValue ?? "")" } == [
                "a failed", "last completed",
            ]
        )
    }
}
