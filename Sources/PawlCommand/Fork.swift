import ArgumentParser
import FoundationEssentials
import PawlCore
import PawlStore
import Postgres

/// `pawl fork`: makes a run from another one.
struct Fork: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Make a run from another one, from its beginning or from a step.",
        discussion: """
            The new run is pinned to the same version. What the other one did before the step is \
            copied, and not done again; the step begins again, or has ended with the output that is \
            given. pawl compare says afterwards what came out differently.

              pawl fork 01998f3e-6c1a-7                          the whole run again
              pawl fork 01998f3e-6c1a-7 --at review
              pawl fork 01998f3e-6c1a-7 --at review --visit 2 --output '{"choice": "no"}'
              pawl fork 01998f3e-6c1a-7 --input '{"amount": 13}'
            """
    )

    @Argument(help: "The run's id, or its beginning.")
    var run: RunReference

    @Option(help: ArgumentHelp("The path of the step that begins again.", valueName: "step"))
    var at: String?

    @Option(help: ArgumentHelp("The how-manieth visit to the step.", valueName: "number"))
    var visit = 1

    @Option(help: ArgumentHelp("Another input, as JSON.", valueName: "json"))
    var input: String?

    @Option(
        name: .customLong("output"),
        help: ArgumentHelp("What the step gave, as JSON.", valueName: "json")
    )
    var result: String?

    @Option(help: ArgumentHelp("Who forks.", valueName: "name"))
    var by = UserName.current

    @OptionGroup var output: OutputOptions
    @OptionGroup var database: DatabaseOptions

    func validate() throws {
        if result != nil, at == nil { throw ValidationError("--output goes with --at") }
        if visit < 1 { throw ValidationError("visits count from 1") }
    }

    func run() async throws {
        let input = try input.map { try JSON(argument: $0).serialized() }
        let result = try result.map { try JSON(argument: $0).serialized() }
        let step = at.map { StepID(path: $0, visit: visit) }
        let (reference, by) = (run, by)
        let made = try await database.run { session in
            let run = try reference.find(in: session)
            let made = try session.fork(run, at: step, input: input, output: result, by: by)
            guard let made else {
                throw Complaint(
                    "run \(run.text) has not come to \(step.map { "\($0)" } ?? "its beginning")",
                    hint: "pawl show \(run.text) prints its steps",
                    exit: .notFound
                )
            }
            return made
        }
        if output.isJSON {
            Output.document(["run_id": .string(made.text)])
        } else {
            Output.line(made.text)
        }
    }
}

/// `pawl compare`: what came out differently in two runs.
struct Compare: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Compare two runs step by step.",
        discussion: """
              pawl compare 01998f3e-6c1a-7 01998f41-02bb-7
            """
    )

    @Argument(help: "The first run's id, or its beginning.")
    var first: RunReference

    @Argument(help: "The second run's.")
    var second: RunReference

    @OptionGroup var output: OutputOptions
    @OptionGroup var database: DatabaseOptions

    func run() async throws {
        let (first, second) = (first, second)
        let difference = try await database.run { session in
            RunDifference(
                from: try session.stepStates(of: first.find(in: session)),
                to: try session.stepStates(of: second.find(in: session))
            )
        }
        if output.isJSON {
            Output.document(.array(difference.lines.map(\.json)))
            return
        }
        for line in difference.lines { Output.line("\(line.step)  \(line.change.text)") }
    }
}

extension RunDifference.Line {
    var json: JSON {
        let (before, after): (JSON, JSON) =
            switch change {
            case .added(let status): (.null, .string(status.rawValue))
            case .removed(let status): (.string(status.rawValue), .null)
            case .status(let before, let after):
                (.string(before.rawValue), .string(after.rawValue))
            case .output(let before, let after), .failure(let before, let after):
                (JSON(document: before), JSON(document: after))
            }
        return [
            "path": .string(step.path), "visit": JSON(step.visit), "change": .string(change.name),
            "before": before, "after": after,
        ]
    }
}

extension RunDifference.Line.Change {
    fileprivate var name: String {
        switch self {
        case .added: "added"
        case .removed: "removed"
        case .status: "status"
        case .output: "output"
        case .failure: "failure"
        }
    }

    fileprivate var text: String {
        switch self {
        case .added(let status): "only in the second: \(status)"
        case .removed(let status): "only in the first: \(status)"
        case .status(let before, let after): "\(before) -> \(after)"
        case .output(let before, let after), .failure(let before, let after):
            "\(name) \(JSON(document: before)) -> \(JSON(document: after))"
        }
    }
}
