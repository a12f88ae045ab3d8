import ArgumentParser
import FoundationEssentials
import PawlCore
import PawlStore
import Postgres

/// `pawl run`: enqueues a run, and waits for its end if asked to.
struct Run: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Enqueue a run of a workflow.",
        discussion: """
            It prints the id of the run, and that the run is stored: from then on it will be \
            executed, whatever happens to this program.

              pawl run review '{"pull": 12}'
              pawl run review @input.json --key pull-12   at most one run has the key
              pawl run report --delay 1h --timeout 10m    in an hour, for ten minutes
              id=$(pawl run review -) < input.json
              pawl run review '{"pull": 12}' --wait       print the output

            With a key it is safe to repeat: the run that has the key is printed again. With \
            --wait the exit code is 1 if the run fails or is cancelled.
            """
    )

    @Argument(help: "The workflow.")
    var workflow: String

    @Argument(
        help: ArgumentHelp(
            "The input, any JSON; @FILE reads it from a file, - from standard input.",
            valueName: "input"
        ),
        completion: .file()
    )
    var input = "{}"

    @Option(help: "At most one run of the workflow has this key.")
    var key: String?

    @Option(
        help: ArgumentHelp("Not before that long from now, as in 30s, 5m, 2h.", valueName: "time"),
        transform: duration
    )
    var delay: Duration?

    @Option(
        help: ArgumentHelp("The run fails if it takes longer than that.", valueName: "time"),
        transform: duration
    )
    var timeout: Duration?

    @Option(help: "From 0, which is first, to 9. (default: the workflow's)")
    var priority: Int?

    @Option(help: "The queue. (default: the workflow's)")
    var queue: String?

    @Option(help: "Whose run it is.")
    var tenant = "default"

    @Flag(help: "Wait for the end of the run, and print its output.")
    var wait = false

    @OptionGroup var output: OutputOptions
    @OptionGroup var database: DatabaseOptions

    func validate() throws {
        if let priority, !(0...9).contains(priority) {
            throw ValidationError("a priority is a number from 0 (first) to 9 (last)")
        }
    }

    func run() async throws {
        let text = try readInput()
        let options = EnqueueOptions(
            key: key,
            delay: delay,
            timeout: timeout,
            priority: priority,
            queue: queue,
            tenant: tenant
        )
        try await database.withConnection { connection in
            let run = try await connection.run { [workflow] in
                try $0.enqueue(workflow, text, options)
            }
            guard wait else {
                if output.isJSON {
                    Output.document(["run_id": .string(run.text)])
                } else {
                    Output.line(run.text)
                }
                return
            }
            if !output.isJSON { Output.note("run \(run.text)\n") }
            try await Self.follow(run, on: connection, isJSON: output.isJSON)
        }
    }

    private func readInput() throws -> [UInt8] {
        let bytes: [UInt8]
        if input == "-" {
            bytes = try TextFile.read("-")
        } else if input.hasPrefix("@") {
            bytes = try TextFile.read(String(input.dropFirst()))
        } else {
            bytes = Array(input.utf8)
        }
        do {
            return try JSON(parsing: bytes).serialized()
        } catch {
            throw Complaint("the input is not JSON: \(error)", hint: #"for example '{"id": 7}'"#)
        }
    }

    /// Waits for the end of a run, says what keeps it, and prints what came of it.
    private static func follow(
        _ run: UUID,
        on connection: Connection,
        isJSON: Bool
    ) async throws {
        var told: Set<String> = []
        var pause = Duration.milliseconds(20)
        while true {
            let (status, tasks, decisions) = try await connection.run { session in
                (
                    try session.status(of: run), try session.tasks(of: run),
                    try session.openDecisions(of: run, limit: 10)
                )
            }
            guard let status else { throw Complaint.noRun(run.text) }
            if status.isFinal {
                try await printEnd(of: run, status, on: connection, isJSON: isJSON)
                return
            }
            for task in tasks where task.needsSomebody && told.insert(task.reason).inserted {
                Output.note("\(task.step) \(task.reason)\n")
            }
            for decision in decisions where told.insert(decision.command).inserted {
                Output.note("answer with: \(decision.command)\n")
            }
            try await Task.sleep(for: pause)
            pause = min(pause * 1.5, .seconds(1))
        }
    }

    private static func printEnd(
        of run: UUID,
        _ status: RunStatus,
        on connection: Connection,
        isJSON: Bool
    ) async throws {
        let (result, failure) = try await connection.run { session in
            (try session.lastOutput(of: run), try session.lastEvent(of: run)?.data)
        }
        if isJSON {
            Output.document([
                "run_id": .string(run.text), "status": .string(status.rawValue),
                "output": status == .completed ? JSON(document: result) : .null,
                "failure": status == .completed ? .null : JSON(document: failure),
            ])
        } else if status == .completed {
            Output.line(JSON(document: result).description)
        }
        if status != .completed {
            let message = JSON(document: failure)["message"]?.stringValue
            throw Complaint(
                "run \(run.text) \(status == .failed ? "failed" : "was cancelled")",
                detail: message,
                hint: "pawl show \(run.text)"
                    + (status == .failed ? "; pawl retry takes it up again" : "")
            )
        }
    }
}

extension LiveTask {
    /// Whether the step goes on only if somebody does something.
    fileprivate var needsSomebody: Bool {
        switch situation {
        case .awaiting, .paused, .queuePaused, .noWorker, .noWorkerForQueue, .noHandler, .retrying:
            true
        case .executing, .abandoned, .joining, .held, .inLine, .deadline, .delayed, .ready: false
        }
    }
}
