import ArgumentParser
import PawlCore
import PawlStore
import Postgres

/// `pawl doctor`: looks for what keeps Pawl from working well with a database.
struct Doctor: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Check the database, its settings and the workers, and say what to do.",
        discussion: """
            It changes nothing. Each line is ok, note, warn or fail, with a hint where there is \
            something to do: a note can wait. The exit code is 1 if anything fails.

            If claims become slow, look at the line "horizon": an open transaction, a replication \
            slot or a prepared transaction keeps the server from removing dead rows, and the line \
            names it.
            """
    )

    @Option(
        help: "Measure for so many seconds how much WAL an event costs while work goes on."
    )
    var sample: Int?

    @OptionGroup var output: OutputOptions
    @OptionGroup var database: DatabaseOptions

    func validate() throws {
        guard (1...3_600).contains(sample ?? 1) else {
            throw ValidationError("Give --sample from 1 to 3600 seconds.")
        }
    }

    func run() async throws {
        let findings: [Finding]
        do {
            findings = try await database.withConnection(checksSchema: false) { connection in
                var findings = try await connection.run { try Examination($0).findings() }
                if let sample,
                    !findings.contains(where: { $0.subject == "schema" && $0.verdict == .fail })
                {
                    findings.append(try await measureWAL(connection, for: .seconds(sample)))
                }
                return findings
            }
        } catch let complaint as Complaint {
            report([Finding("connection", .fail, complaint.message, hint: complaint.hint)])
            throw Complaint.Exit.failed.code
        }
        report(findings)
        if findings.contains(where: { $0.verdict == .fail }) { throw Complaint.Exit.failed.code }
    }

    private func measureWAL(_ connection: Connection, for time: Duration) async throws -> Finding {
        let first = try await connection.run { try $0.walReading() }
        try await Task.sleep(for: time)
        let second = try await connection.run { try $0.walReading() }
        return StorageExamination.wal(first, second, over: time)
    }

    private func report(_ findings: [Finding]) {
        if output.isJSON {
            Output.document(.array(findings.map(\.json)))
            return
        }
        let paint = output.paint
        let width = findings.map(\.subject.count).max() ?? 0
        for finding in findings {
            let verdict = paint(finding.verdict.rawValue.padded(to: 4), finding.verdict.style)
            Output.line("\(verdict)  \(finding.subject.padded(to: width))  \(finding.fact)")
            if let hint = finding.hint {
                Output.line(
                    String(repeating: " ", count: width + 8) + paint("hint: ", .bold) + hint
                )
            }
        }
    }
}

/// One line of a doctor's report.
struct Finding: Sendable {
    enum Verdict: String {
        case ok
        /// It would be better otherwise.
        case note
        case warn
        case fail

        var style: Paint.Style {
            switch self {
            case .ok: .green
            case .note: .cyan
            case .warn: .yellow
            case .fail: .red
            }
        }
    }

    let subject: String
    let verdict: Verdict
    let fact: String
    let hint: String?

    init(_ subject: String, _ verdict: Verdict, _ fact: String, hint: String? = nil) {
        self.subject = subject
        self.verdict = verdict
        self.fact = fact
        self.hint = hint
    }

    var json: JSON {
        [
            "subject": .string(subject), "verdict": .string(verdict.rawValue),
            "fact": .string(fact), "hint": JSON(hint),
        ]
    }
}
