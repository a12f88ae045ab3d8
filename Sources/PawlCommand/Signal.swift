import ArgumentParser
import PawlCore
import PawlStore
import Postgres

/// `pawl signal`: sends a run a message.
struct Signal: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Send a run a signal.",
        discussion: """
            It is kept until a wait node takes it that waits for a signal of that name.

              pawl signal 01998f3e-6c1a-7 paid '{"amount": 12}'
            """
    )

    @Argument(help: "The run's id, or its beginning.")
    var run: RunReference

    @Argument(help: "The signal's name.")
    var name: String

    @Argument(help: "What it says, as JSON.")
    var payload: String?

    @Option(help: ArgumentHelp("Who sends it.", valueName: "name"))
    var by = UserName.current

    @OptionGroup var output: OutputOptions
    @OptionGroup var database: DatabaseOptions

    func run() async throws {
        let payload = try payload.map { try JSON(argument: $0).serialized() }
        let (name, by) = (name, by)
        try await database.onEach([run], output, pastTense: "sent \(name) to") { session, run in
            try session.signal(name, to: run, payload: payload, by: by)
        }
    }
}

/// `pawl set`: sets a variable of a run.
struct SetVariable: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "set",
        abstract: "Set a variable of a run.",
        discussion: """
            Templates and conditions read it as context.NAME from then on.

              pawl set 01998f3e-6c1a-7 limit 50
            """
    )

    @Argument(help: "The run's id, or its beginning.")
    var run: RunReference

    @Argument(help: "The variable's name.")
    var name: String

    @Argument(help: "Its value, as JSON.")
    var value: String

    @Option(help: ArgumentHelp("Who sets it.", valueName: "name"))
    var by = UserName.current

    @OptionGroup var output: OutputOptions
    @OptionGroup var database: DatabaseOptions

    func run() async throws {
        let value = try JSON(argument: value).serialized()
        let (name, by) = (name, by)
        try await database.onEach([run], output, pastTense: "set \(name) of") { session, run in
            try session.setVariable(name, of: run, to: value, by: by)
        }
    }
}

extension JSON {
    /// Reads a value from the command line.
    init(argument: String) throws {
        do {
            try self.init(parsing: argument.utf8)
        } catch {
            throw Complaint(
                "\"\(argument)\" is not JSON: \(error)",
                hint: #"a text has quotes of its own; in a shell: '"so"'"#
            )
        }
    }
}
