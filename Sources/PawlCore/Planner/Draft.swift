/// A transition while it is planned: what happened so far, and what is known with it.
struct Draft {
    private(set) var events: [Event] = []
    private(set) var known: Projection
    /// Whether steps may be at work that this makes superfluous.
    ///
    /// The store ends them, and what it records of that is not known here: whatever comes next
    /// begins when the history has been read again.
    var abandons = false

    init(_ known: Projection) {
        self.known = known
    }

    mutating func append(_ event: Event) {
        events.append(event)
        known.apply(event)
    }

    func appending(_ event: Event) -> Draft {
        var draft = self
        draft.append(event)
        return draft
    }

    /// The transition with these events.
    func transition(_ disposition: Transition.Disposition) -> Transition {
        var transition = Transition(disposition)
        transition.events = events
        transition.abandons = abandons
        return transition
    }
}
