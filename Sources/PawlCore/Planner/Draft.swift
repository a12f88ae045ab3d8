/// A transition while it is planned: what happened so far, and what is known with it.
struct Draft {
    private(set) var events: [Event] = []
    private(set) var known: Projection

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
        return transition
    }
}
