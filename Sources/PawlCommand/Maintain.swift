import ArgumentParser
import Logging
import Pawl
import PawlCore
import PawlStore
import Postgres

/// `pawl maintain`: makes partitions ahead and removes what has expired, once.
struct Maintain: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Make partitions ahead, and remove runs that have expired.",
        discussion: """
            A scheduler does this every hour; where none runs, let cron do it. Runs expire as the \
            table pawl.retention says, keys and ticks as pawl.storage does. Nobody has to wait \
            for it longer than a tenth of a second.
            """
    )

    @OptionGroup var output: OutputOptions
    @OptionGroup var database: DatabaseOptions

    func run() async throws {
        let configuration = try database.configuration()
        let upkeep = try await database.withConnection { _ in
            let pool = Pool(configuration, configuration: PoolConfiguration(maximumConnections: 1))
            var logger = Logger(label: "pawl")
            logger.logLevel = .error  // What was done is printed at the end.
            let upkeep = try await Caretaker(pool, logger: logger, isGentle: false).turn()
            await pool.close()
            return upkeep
        }
        if output.isJSON {
            Output.document(upkeep.json)
            return
        }
        for partition in upkeep.partitionsDropped { Output.line("dropped partition \(partition)") }
        let counts = [
            upkeep.partitionsMade > 0
                ? "made \(upkeep.partitionsMade.counted("partition", "partitions"))" : nil,
            upkeep.runs > 0
                ? "deleted \(upkeep.runs.counted("run", "runs")) with "
                    + upkeep.events.counted("event", "events") : nil,
            upkeep.keys > 0 ? "forgot \(upkeep.keys.counted("key", "keys"))" : nil,
            upkeep.ticks > 0 ? "forgot \(upkeep.ticks.counted("tick", "ticks"))" : nil,
            upkeep.postponed > 0
                ? "somebody's locks were in the way; run this again" : nil,
        ].compactMap(\.self)
        for count in counts { Output.line(count) }
        if !upkeep.didAny, upkeep.postponed == 0 { Output.line("there was nothing to do") }
    }
}

extension Upkeep {
    fileprivate var json: JSON {
        [
            "partitions_made": .integer(Int64(partitionsMade)),
            "partitions_dropped": .array(partitionsDropped.map(JSON.string)),
            "runs_deleted": .integer(Int64(runs)), "events_deleted": .integer(Int64(events)),
            "keys_deleted": .integer(Int64(keys)), "ticks_deleted": .integer(Int64(ticks)),
            "postponed": .integer(Int64(postponed)),
        ]
    }
}
