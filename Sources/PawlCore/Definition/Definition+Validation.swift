extension Definition {
    /// The most nodes that a definition may have.
    package static let maximumNodes = 10_000
    /// The most edges that a definition may have.
    package static let maximumEdges = 100_000
    /// The most bytes that a path may have.
    ///
    /// An index row of PostgreSQL takes 2,700 bytes; a checkpoint's name stands there beside a path.
    static let maximumPath = 1_000

    /// Why the graph as a whole cannot be used, given that its parts could be read.
    ///
    /// First, in the order and the words of RoomKit's graphs, what these find too; what cannot be
    /// reached is told only if they would find nothing else.
    func structuralProblems() -> [Problem] {
        guard nodes.count <= Self.maximumNodes else { return [.tooManyNodes(nodes.count)] }
        var check = GraphCheck(self)
        check.checkIDs()
        check.checkStartAndEnd()
        check.checkEdges()
        check.lookAround()
        check.checkNesting()
        check.checkEdgesOfChildren()
        check.checkBranches()
        check.checkDependencies()
        check.checkStandIns()
        check.checkEndings()
        check.checkReachability()
        return check.problems + ReferenceCheck.secretProblems(self)
    }

    /// Why a definition that can be used may not do what was meant.
    ///
    /// With `knownKinds` also the nodes for which none of these handlers is.
    func warnings(knownKinds: Set<String>? = nil) -> [Problem] {
        MemberCheck.warnings(json) + AdviceCheck.warnings(self, knownKinds)
            + CourseCheck.warnings(self) + ReferenceCheck.warnings(self)
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
