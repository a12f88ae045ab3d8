import Testing

@testable import PawlCore

/// The fold of a run's events.
struct ProjectionTests {
    private static let failure = Failure(.execution, "no").json.serialized()

    @Test
    func `it knows the latest visit to each path`() {
        let projection = Projection(after: [
            .completed("a", 1), .completed("a", visit: 2, 2), .completed("b.c", 3),
        ])
        #expect(projection.record(of: "a")?.visit == 2)
        #expect(projection.record(of: "a")?.output == Array("2".utf8))
        #expect(projection.record(of: "b.c")?.output == Array("3".utf8))
        #expect(projection.record(of: "c") == nil)
    }

    @Test
    func `a visit that gave nothing leaves the output of the one before`() {
        let projection = Projection(after: [.completed("a", 1), .completed("a", visit: 2)])
        #expect(projection.record(of: "a")?.visit == 2)
        #expect(projection.record(of: "a")?.output == Array("1".utf8))
    }

    @Test
    func `an output of null is an output`() {
        let projection = Projection(after: [.completed("a", 1), .completed("a", visit: 2, .null)])
        #expect(projection.record(of: "a")?.output == Array("null".utf8))
    }

    @Test
    func `a failure is forgotten when the step succeeds`() {
        let failed = Event(.runFailed, StepID(path: "a"), data: Self.failure)
        var projection = Projection(after: [.completed("a", 1), failed])
        #expect(projection.record(of: "a")?.failure == Self.failure)
        #expect(projection.record(of: "a")?.output == Array("1".utf8))
        projection.apply(.completed("a", 2))
        #expect(projection.record(of: "a")?.failure == nil)
    }

    @Test(arguments: Event.Kind.allCases)
    func `the store reads exactly the kinds that it learns from`(kind: Event.Kind) {
        // Whatever an event of one of the kinds needs to say something.
        let data: JSON = [
            "code": "X", "name": "go", "payload": 1, "number": 1, "status": "failed", "value": 2,
            "for": "run",
        ]
        let signal = Event(.signalReceived, StepID(path: ""), data: data.serialized())
        let verdict = Event(.runEnding, StepID(path: "a"), data: data.serialized())
        for known in [[], [Event.completed("a", 1)]] {
            let waiting = Event(.stepWaiting, StepID(path: "a", visit: 2), data: data.serialized())
            let more: [Event] =
                switch kind {
                case .runRetried: [verdict]
                case .stepRetrying: [waiting]
                default: []
                }
            let before = Projection(after: known + [signal] + more)
            var after = before
            after.apply(Event(kind, StepID(path: "a", visit: 2), data: data.serialized()))
            #expect((after != before) == Projection.learnsFrom.contains(kind))
        }
    }

    @Test
    func `a signal is in the mailbox until it is taken`() {
        func received(_ name: String) -> Event {
            let data: JSON = ["name": .string(name), "payload": [1]]
            return Event(.signalReceived, StepID(path: ""), data: data.serialized())
        }
        var projection = Projection(after: [received("go"), received("stop")])
        #expect(projection.mailbox.map(\.name) == ["go", "stop"])
        #expect(projection.mailbox.map(\.number) == [1, 2])
        projection.apply(Event(.signalTaken, StepID(path: "w"), data: Array(#"{"number":1}"#.utf8)))
        #expect(projection.mailbox.map(\.name) == ["stop"])
        projection.apply(received("go"))
        #expect(projection.mailbox.map(\.number) == [2, 3])
    }

    @Test
    func `why a step runs is known while that visit lasts`() throws {
        let failed = Event(.stepFailed, StepID(path: "a"), data: Self.failure)
        let data: JSON = ["for": "a", "visit": 1, "error": nil]
        let begun = Event(.stepFallback, StepID(path: "b"), data: data.serialized())
        // Opening, waiting and ending leave it as it is.
        let events = [.stepOpened, .stepWaiting, .stepCompleted].map { kind in
            Event(kind, StepID(path: "b"), data: Array("{}".utf8))
        }
        let projection = Projection(after: [failed, begun] + events)
        #expect(projection.standIn(of: StepID(path: "b"))?.step == StepID(path: "a"))
        #expect(projection.original(of: StepID(path: "b")) == StepID(path: "a"))
        #expect(projection.standIn(of: StepID(path: "b", visit: 2)) == nil)
        var later = projection
        later.apply(.completed("b", visit: 2))
        #expect(later.standIn(of: StepID(path: "b", visit: 2)) == nil)
    }

    @Test
    func `what a container opened with belongs to that visit`() {
        let opened = Event(.stepOpened, StepID(path: "p"), data: Array(#"{"items":[1]}"#.utf8))
        var projection = Projection(after: [opened, .completed("p")])
        #expect(projection.record(of: "p")?.opening == ["items": [1]])
        projection.apply(Event(.stepFailed, StepID(path: "p", visit: 2), data: Self.failure))
        #expect(projection.record(of: "p")?.opening == nil)
    }
}
