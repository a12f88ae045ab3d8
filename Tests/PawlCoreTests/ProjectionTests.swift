import PawlCore
import Testing

/// The fold of a run's events.
struct ProjectionTests {
    private static let failure = Failure(.execution, "no").json.serialized()

    @Test
    func `it knows the latest visit to each path`() {
        let projection = Projection(after: [
            .completed("a", 1), .completed("a", visit: 2, 2), .completed("b.c", 3),
        ])
        #expect(projection.records["a"]?.visit == 2)
        #expect(projection.records["a"]?.output == Array("2".utf8))
        #expect(projection.records["b.c"]?.output == Array("3".utf8))
        #expect(projection.records["c"] == nil)
    }

    @Test
    func `a visit that gave nothing leaves the output of the one before`() {
        let projection = Projection(after: [.completed("a", 1), .completed("a", visit: 2)])
        #expect(projection.records["a"]?.visit == 2)
        #expect(projection.records["a"]?.output == Array("1".utf8))
    }

    @Test
    func `an output of null is an output`() {
        let projection = Projection(after: [.completed("a", 1), .completed("a", visit: 2, .null)])
        #expect(projection.records["a"]?.output == Array("null".utf8))
    }

    @Test
    func `a failure is forgotten when the step succeeds`() {
        let failed = Event(.runFailed, StepID(path: "a"), data: Self.failure)
        var projection = Projection(after: [.completed("a", 1), failed])
        #expect(projection.records["a"]?.failure == Self.failure)
        #expect(projection.records["a"]?.output == Array("1".utf8))
        projection.apply(.completed("a", 2))
        #expect(projection.records["a"]?.failure == nil)
    }

    @Test(arguments: Event.Kind.allCases)
    func `the store reads exactly the kinds that it learns from`(kind: Event.Kind) {
        for known in [[], [Event.completed("a", 1)]] {
            let before = Projection(after: known)
            var after = before
            after.apply(Event(kind, StepID(path: "a", visit: 2), data: Self.failure))
            #expect((after != before) == Projection.learnsFrom.contains(kind))
        }
    }
}
