/// Turns a pattern into states, with its repetitions written out.
struct PatternCompiler {
    private var states: [PatternState] = []

    mutating func program(of node: PatternNode) throws(PatternError) -> [PatternState] {
        try compile(node)
        try append(.match)
        return states
    }

    private mutating func compile(_ node: PatternNode) throws(PatternError) {
        switch node {
        case .scalars(let set):
            try append(.take(set))
        case .place(let place):
            try append(.require(place))
        case .sequence(let parts):
            for part in parts { try compile(part) }
        case .choice(let branches):
            var ends: [Int] = []
            for branch in branches.dropLast() {
                let split = try append(.jump(0))
                try compile(branch)
                ends.append(try append(.jump(0)))
                states[split] = .split(split + 1, states.count)
            }
            if let last = branches.last { try compile(last) }
            for end in ends { states[end] = .jump(states.count) }
        case .repeated(let part, let least, let most):
            try compile(part, least: least, most: most)
        }
    }

    private mutating func compile(
        _ part: PatternNode,
        least: Int,
        most: Int?
    ) throws(PatternError) {
        for _ in 0..<least {
            let start = states.count
            try compile(part)
            // What matches nothing does so however often, and would be written out for ever.
            if states.count == start { return }
        }
        guard let most else {
            let split = try append(.jump(0))
            try compile(part)
            let back = try append(.jump(split))
            states[split] = .split(split + 1, back + 1)
            return
        }
        var skips: [Int] = []
        for _ in least..<most {
            skips.append(try append(.jump(0)))
            try compile(part)
        }
        for skip in skips { states[skip] = .split(skip + 1, states.count) }
    }

    @discardableResult
    private mutating func append(_ state: PatternState) throws(PatternError) -> Int {
        guard states.count < Pattern.maximumStates else {
            throw PatternError(
                "the pattern is too large",
                at: 0,
                hint: "use fewer or smaller repetitions: {m,n} stands for n copies"
            )
        }
        states.append(state)
        return states.count - 1
    }
}
