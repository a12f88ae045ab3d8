/// Guards that are on unless someone widens them.
public struct Limits: Hashable, Sendable {
    /// The steps that one way through a run may take.
    ///
    /// Defaults to 100,000: more than any honest loop, and a cycle without an exit is found within
    /// minutes.
    public var steps: Int
    /// The visits that a node may have in a run.
    ///
    /// Defaults to 10,000: a cycle that goes round so often has no exit. The iterations of a loop
    /// are no visits of the same step.
    public var visits: Int
    /// The attempts of a step that may die with their worker.
    ///
    /// Defaults to 5: fewer would blame a step for a night of deployments.
    public var crashes: Int
    /// The attempts that may die with their worker before the step is executed alone.
    ///
    /// Alone it takes nobody along. Defaults to 2: the first may have been anybody's doing.
    public var crashesInCompany: Int

    /// Creates limits.
    public init(
        steps: Int = 100_000,
        visits: Int = 10_000,
        crashes: Int = 5,
        crashesInCompany: Int = 2
    ) {
        precondition(steps >= 1 && visits >= 1 && crashes >= 1 && crashesInCompany >= 1)
        self.steps = steps
        self.visits = visits
        self.crashes = crashes
        self.crashesInCompany = crashesInCompany
    }
}
