import ArgumentParser
import PawlCore
import PawlStore
import Postgres

/// `pawl verify`: checks the invariants of the database.
struct Verify: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Check that what is stored agrees with itself.",
        discussion: """
            It reads everything in one snapshot and changes nothing, so it is safe at any time, \
            and takes as long as reading everything does. The exit code is 1 if anything is \
            violated: then something is wrong with Pawl, or somebody changed its tables by hand.
            """
    )

    @Option(help: "Print at most so many violations of each invariant.")
    var limit = 20

    @OptionGroup var output: OutputOptions
    @OptionGroup var database: DatabaseOptions

    func run() async throws {
        let limit = limit
        let findings = try await database.run { try $0.verify(limit: limit) }
        let broken = findings.filter { !$0.violations.isEmpty }
        if output.isJSON {
            Output.document(
                .array(
                    findings.map {
                        [
                            "invariant": .string($0.invariant.name),
                            "statement": .string($0.invariant.statement),
                            "holds": .bool($0.violations.isEmpty),
                            "violations": .array($0.violations.map(JSON.string)),
                        ]
                    }
                )
            )
        } else {
            let paint = output.paint
            for (invariant, violations) in findings {
                let mark = violations.isEmpty ? paint("ok  ", .green) : paint("fail", .red)
                Output.line("\(mark)  \(invariant.name): \(invariant.statement)")
                for violation in violations { Output.line("        \(violation)") }
            }
        }
        if !broken.isEmpty {
            throw Complaint(
                "\(broken.count.counted("invariant does", "invariants do")) not hold",
                hint: "keep the database as it is, and report what is printed above"
            )
        }
    }
}
