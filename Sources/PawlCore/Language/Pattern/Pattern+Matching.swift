extension Pattern {
    /// Returns whether the pattern matches somewhere in a text.
    public func matches(_ text: String) -> Bool {
        var current = StateSet(count: program.count)
        var next = StateSet(count: program.count)
        var before: Unicode.Scalar?
        for scalar in text.unicodeScalars {
            // The pattern may begin at any place.
            current.arrive(at: 0)
            if follow(&current, between: before, and: scalar) { return true }
            for state in current.members {
                guard case .take(let set) = program[state], set.contains(scalar) else { continue }
                next.arrive(at: state + 1)
            }
            current.removeAll()
            swap(&current, &next)
            before = scalar
        }
        current.arrive(at: 0)
        return follow(&current, between: before, and: nil)
    }

    /// Adds the states that are reached without taking a scalar, until one is the match.
    private func follow(
        _ states: inout StateSet,
        between before: Unicode.Scalar?,
        and after: Unicode.Scalar?
    ) -> Bool {
        var index = 0
        while index < states.members.count {
            let state = states.members[index]
            index += 1
            switch program[state] {
            case .match: return true
            case .take: break
            case .jump(let target): states.arrive(at: target)
            case .split(let first, let second):
                states.arrive(at: first)
                states.arrive(at: second)
            case .require(let place):
                if place.holds(between: before, and: after) { states.arrive(at: state + 1) }
            }
        }
        return false
    }
}

/// The states that a matcher is in, each once.
private struct StateSet {
    private(set) var members: [Int] = []
    private var isMember: [Bool]

    init(count: Int) {
        isMember = Array(repeating: false, count: count)
        members.reserveCapacity(count)
    }

    mutating func arrive(at state: Int) {
        guard !isMember[state] else { return }
        isMember[state] = true
        members.append(state)
    }

    mutating func removeAll() {
        for state in members { isMember[state] = false }
        members.removeAll(keepingCapacity: true)
    }
}
