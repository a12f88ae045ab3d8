import ArgumentParser
import LocalPostgres
import Pawl
import PawlCore
import PawlStore
import Postgres

/// Why a command could not do what it was asked, in words for the person who asked.
struct Complaint: Error {
    /// What the shell is told.
    enum Exit: Int32 {
        case failed = 1
        /// What the command was asked about does not exist.
        case notFound = 3

        var code: ExitCode { ExitCode(rawValue) }
    }

    let message: String
    var detail: String?
    var hint: String?
    var exit = Exit.failed

    init(_ message: String, detail: String? = nil, hint: String? = nil, exit: Exit = .failed) {
        self.message = message
        self.detail = detail
        self.hint = hint
        self.exit = exit
    }

    /// Writes it to standard error, in PostgreSQL's manner.
    func print() {
        let paint = Paint.forStandardError
        var text = paint("pawl: error:", .red) + " \(message)\n"
        if let detail { text += "detail: \(detail)\n" }
        if let hint { text += paint("hint:", .bold) + " \(hint)\n" }
        Output.note(text)
    }
}

extension Complaint {
    init(_ error: any Error) {
        switch error {
        case let complaint as Complaint:
            self = complaint
        case let error as PostgresError:
            self.init(
                error.message,
                detail: error.detail,
                hint: error.hint,
                exit: error.sqlState == "P0002" ? .notFound : .failed  // no_data_found
            )
        case let mismatch as SchemaMismatch:
            self.init(obstacle: mismatch.description)
        case let error as LocalServerError:
            self.init(error.message, hint: error.hint)
        case let failure as Failure:
            self.init(failure.message)
        case is CancellationError:
            self.init("interrupted")
        default:
            self.init("\(error)")
        }
    }

    /// What keeps a program from working with a database, as ``SchemaStatus/obstacle`` says it: the
    /// fact, a semicolon, and what to do.
    init(obstacle: String) {
        guard let end = obstacle.firstIndex(of: ";") else {
            self.init(obstacle)
            return
        }
        let hint = obstacle[obstacle.index(after: end)...].drop { $0 == " " }
        self.init(String(obstacle[..<end]), hint: String(hint))
    }

    /// No connection could be made.
    init(connecting error: PostgresError, to configuration: PostgresConfiguration) {
        guard error.remedy == .reconnect else {
            self.init(error)
            return
        }
        var place = configuration
        place.applicationName = nil
        self.init(
            error.message,
            detail: place.description.isEmpty ? nil : "The database is \(place).",
            hint: """
                check that the server runs, and --database-url, DATABASE_URL or PGHOST; or start a \
                server of your own: pawl dev
                """
        )
    }

    static func noRun(_ reference: String) -> Complaint {
        Complaint(
            "run \"\(reference)\" does not exist",
            hint: "pawl runs lists the runs; the beginning of an id is enough",
            exit: .notFound
        )
    }
}
