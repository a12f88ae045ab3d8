import ArgumentParser
import FoundationEssentials
import PawlCore
import PawlStore
import Postgres

extension DatabaseOptions {
    /// Does something to runs, one after the other, and says for each what came of it.
    ///
    /// One that fails does not keep the others; the exit code is that of the first that failed.
    func onEach(
        _ runs: [RunReference],
        _ output: OutputOptions,
        pastTense: String,
        _ action: @Sendable (Session, UUID) throws -> Void
    ) async throws {
        var worst: Complaint.Exit?
        try await withConnection { connection in
            for reference in runs {
                do {
                    let run = try await connection.run { session in
                        let run = try reference.find(in: session)
                        try action(session, run)
                        return run
                    }
                    if output.isJSON {
                        Output.document(["run_id": .string(run.text), "done": .string(pastTense)])
                    } else {
                        Output.line("\(pastTense) \(run.text)")
                    }
                } catch let error where !connection.isLost {
                    let complaint = Complaint(error)
                    complaint.print()
                    worst = worst ?? complaint.exit
                }
            }
        }
        if let worst { throw worst.code }
    }
}
