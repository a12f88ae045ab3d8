import ArgumentParser
import PawlCore
import PawlStore

/// `pawl undefine`: removes versions of workflows.
struct Undefine: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Remove a version of a workflow, or all of it.",
        discussion: """
            A version stays as long as new runs use it, or a run has it; so does a workflow that a \
            schedule or another workflow starts. With --with-history runs that have ended count no \
            more: what is recorded of them stays, but they cannot be retried. The number of what was \
            removed is not used again.

              pawl workflows --unused        what can be removed
              pawl undefine review 3
              pawl undefine review --all --with-history
            """
    )

    @Argument(help: "The workflow.")
    var workflow: String

    @Argument(help: "The version.")
    var version: Int?

    @Flag(help: "Remove the workflow with all its versions.")
    var all = false

    @Flag(help: "Also if runs have it that have ended.")
    var withHistory = false

    @OptionGroup var output: OutputOptions
    @OptionGroup var database: DatabaseOptions

    func validate() throws {
        guard all != (version != nil) else {
            throw ValidationError("name a version, or use --all")
        }
    }

    func run() async throws {
        let (workflow, version, withHistory) = (workflow, version, withHistory)
        let removal = try await database.run { session in
            let removal =
                if let version {
                    try session.remove(version, of: workflow, includesHistory: withHistory)
                } else {
                    try session.removeAll(of: workflow, includesHistory: withHistory)
                }
            guard case .notDefined = removal else { return removal }
            throw try Complaint.notDefined(workflow, version: version, in: session)
        }
        guard case .removed(let versions) = removal else { throw complaint(removal) }
        if output.isJSON {
            Output.document([
                "workflow": .string(workflow), "removed": .array(versions.map { JSON($0) }),
            ])
        } else {
            let names = versions.map(String.init).joined(separator: ", ")
            Output.line("removed \(workflow) version \(names)")
        }
    }

    private func complaint(_ removal: Removal) -> Complaint {
        let name = "workflow \"\(workflow)\"" + (version.map { " version \($0)" } ?? "")
        switch removal {
        case .removed, .notDefined:
            return Complaint(
                "\(name) is not defined",
                hint: "pawl workflows prints the defined ones",
                exit: .notFound
            )
        case .isCurrent:
            return Complaint(
                "\(name) is the one that new runs use",
                hint: "define another version first, or remove the workflow with --all"
            )
        case .isUsed(let live, let total):
            let runs = total.counted("run has", "runs have")
            return Complaint(
                "\(runs) \(name), \(live) of them not ended",
                hint: live > 0
                    ? "wait for them, or cancel them: pawl runs --workflow \(workflow)"
                    : "use --with-history to remove it all the same"
            )
        case .isReferredTo(let schedules, let workflows):
            let referrers =
                schedules.map { "schedule \"\($0)\"" } + workflows.map { "workflow \"\($0)\"" }
            return Complaint(
                "\(name) is started by \(referrers.joined(separator: ", "))",
                hint: "remove or change those first"
            )
        case .isBusy:
            return Complaint(
                "\(name) is being enqueued or defined at this moment",
                hint: "try again"
            )
        }
    }
}
