import ArgumentParser
import PawlCore
import PawlStore
import Postgres

/// `pawl queue`: queues, and what holds them back.
struct QueueCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "queue",
        abstract: "List, pause, resume and limit queues.",
        discussion: """
              pawl queue pause mail --reason "the provider is down"
              pawl queue limit mail --concurrency 20 --rate 100/1m
              pawl queue resume mail
            """,
        subcommands: [QueueList.self, QueuePause.self, QueueResume.self, QueueLimit.self],
        defaultSubcommand: QueueList.self
    )
}

/// `pawl queue list`: what there is.
struct QueueList: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "List the queues, with what is in them."
    )

    @OptionGroup var output: OutputOptions
    @OptionGroup var database: DatabaseOptions

    func run() async throws {
        let queues = try await database.run { try $0.queues() }
        if output.isJSON {
            Output.document(.array(queues.map(\.json)))
            return
        }
        var table = Table([
            .left("QUEUE"), .right("DUE"), .right("IN LINE"), .right("AT WORK"), .right("LATER"),
            .left("LIMIT"), .left("REMARK"),
        ])
        for queue in queues {
            table.add([
                Table.Cell(queue.name, .bold), "\(queue.due)", "\(queue.inLine)", "\(queue.atWork)",
                "\(queue.later)", "\(queue.limit)", "\(queue.remark)",
            ])
        }
        Output.raw(table.text(output.paint))
    }
}

/// `pawl queue pause`: a rest for one.
struct QueuePause: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "pause",
        abstract: "Let nobody claim from a queue until it is resumed; steps at work go on."
    )

    @Argument(help: "The name of the queue.")
    var name: String

    @Option(help: ArgumentHelp("Why.", valueName: "text"))
    var reason: String?

    @Option(help: ArgumentHelp("Who pauses.", valueName: "name"))
    var by = UserName.current

    @OptionGroup var output: OutputOptions
    @OptionGroup var database: DatabaseOptions

    func run() async throws {
        let (name, reason, by) = (name, reason, by)
        try await database.run { try $0.pauseQueue(name, reason: reason, by: by) }
        try await tell(name, "paused queue \(name)", output, database)
    }
}

/// `pawl queue resume`: the end of the rest.
struct QueueResume: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "resume",
        abstract: "Let a paused queue be claimed from again."
    )

    @Argument(help: "The name of the queue.")
    var name: String

    @OptionGroup var output: OutputOptions
    @OptionGroup var database: DatabaseOptions

    func run() async throws {
        let name = name
        guard try await database.run({ try $0.resumeQueue(name) }) else {
            throw Complaint(
                "queue \(name) is not paused",
                hint: "pawl queue list prints the queues"
            )
        }
        try await tell(name, "resumed queue \(name)", output, database)
    }
}

/// `pawl queue limit`: how much of it may happen.
struct QueueLimit: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "limit",
        abstract: "Limit the runs of a queue, those that are in it included.",
        discussion: "What is left out is not limited; without any option nothing is."
    )

    @Argument(help: "The name of the queue.")
    var name: String

    @Option(help: ArgumentHelp("The runs at the same time.", valueName: "count"))
    var concurrency: Int?

    @Option(
        help: ArgumentHelp("The runs that begin in a time: 100/1m.", valueName: "count/time"),
        transform: { try rate($0) }
    )
    var rate: RunLimits.Rate?

    @OptionGroup var output: OutputOptions
    @OptionGroup var database: DatabaseOptions

    func validate() throws {
        if let concurrency, concurrency < 0 {
            throw ValidationError("\(concurrency) runs are too few: give a number from 0")
        }
    }

    func run() async throws {
        let (name, concurrency, rate) = (name, concurrency, rate)
        try await database.run { try $0.limitQueue(name, concurrency: concurrency, rate: rate) }
        let isLimited = concurrency != nil || rate != nil
        try await tell(
            name,
            isLimited ? "limited queue \(name)" : "queue \(name) is not limited",
            output,
            database
        )
    }

    private static func rate(_ argument: String) throws -> RunLimits.Rate {
        let parts = argument.split(separator: "/", maxSplits: 1)
        guard parts.count == 2, let limit = Double(parts[0]), limit >= 0, limit < 1e30 else {
            throw ValidationError("\"\(argument)\" is no rate: write 100/1m")
        }
        return RunLimits.Rate(limit, per: try duration(String(parts[1])))
    }
}

/// Says what became of a queue: in words, or as the queue in JSON.
private func tell(
    _ name: String,
    _ words: String,
    _ output: OutputOptions,
    _ database: DatabaseOptions
) async throws {
    guard output.isJSON else {
        Output.line(words)
        return
    }
    let queue = try await database.run { try $0.queues() }.first { $0.name == name }
    Output.document(queue?.json ?? .null)
}

extension QueueRecord {
    fileprivate var limit: String {
        var words = concurrency.map { ["\($0) at a time"] } ?? []
        if let amount, let period { words.append("\(JSON.number(amount)) per \(period.text)") }
        return words.joined(separator: ", ")
    }

    fileprivate var remark: String {
        guard let pausedAt, let pausedBy else { return "" }
        return "paused by \(pausedBy) at \(pausedAt.local)" + (reason.map { ": \($0)" } ?? "")
    }

    fileprivate var json: JSON {
        [
            "name": .string(name), "due": .integer(Int64(due)), "later": .integer(Int64(later)),
            "in_line": .integer(Int64(inLine)), "at_work": .integer(Int64(atWork)),
            "paused_at": JSON(pausedAt),
            "paused_by": pausedBy.map { .string($0) } ?? .null,
            "reason": reason.map { .string($0) } ?? .null,
            "concurrency": concurrency.map { .integer(Int64($0)) } ?? .null,
            "rate": amount.flatMap { amount in
                period.map { ["limit": .number(amount), "per": .string($0.text)] }
            } ?? .null,
        ]
    }
}
