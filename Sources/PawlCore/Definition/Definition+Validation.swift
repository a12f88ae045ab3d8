extension Definition {
    /// The most nodes that a definition may have.
    package static let maximumNodes = 10_000
    /// The most edges that a definition may have.
    package static let maximumEdges = 100_000
    /// The most bytes that a path may have.
    ///
    /// An index row of PostgreSQL takes 2,700 bytes; a checkpoint's name stands there beside a path.
    static let maximumPath = 1_000

    /// Why the graph as a whole cannot be used.
    ///
    /// First, in the order and the words of RoomKit's graphs, what these find too. What only follows
    /// from what could not be read, or from a name that leads nowhere, is not told.
    func structuralProblems(_ unread: Unread = Unread()) -> [Problem] {
        guard nodes.count <= Self.maximumNodes else { return [.tooManyNodes(nodes.count)] }
        var check = GraphCheck(self, unread)
        check.checkIDs()
        check.checkStartAndEnd()
        check.checkEdges()
        check.lookAround()
        check.checkNesting()
        check.checkEdgesOfChildren()
        check.checkBranches()
        check.checkJoins()
        check.checkDependencies()
        check.checkStandIns()
        check.checkEndings()
        check.checkReachability()
        return check.problems + ReferenceCheck.secretProblems(self)
    }

    /// Why a definition that can be used may not do what was meant.
    ///
    /// With `knownKinds` also the nodes for which none of these handlers is.
    func warnings(knownKinds: Set<String>? = nil, _ unread: Unread = Unread()) -> [Problem] {
        MemberCheck.warnings(json) + AdviceCheck.warnings(self, knownKinds, unread)
            + CourseCheck.warnings(self, unread) + ReferenceCheck.warnings(self, unread)
    }
}

extension Problem {
    static func tooManyNodes(_ count: Int) -> Problem {
        Problem(
            at: "nodes",
            .tooLarge,
            "a definition has at most \(Definition.maximumNodes) nodes, this one has \(count)"
        )
    }
}
