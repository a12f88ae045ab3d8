import ArgumentParser
import Pawl

/// How a worker works; see `WorkerConfiguration`, which has the defaults.
struct WorkerOptions: ParsableArguments {
    @Option(
        name: .customLong("queue"),
        parsing: .singleValue,
        help: "A queue to claim from; give it several times for several. (default: default)"
    )
    var queues: [String] = []

    @Option(help: "The steps that are executed at the same time.")
    var slots = WorkerConfiguration().slots

    @Option(
        help: ArgumentHelp(
            "How long it may be silent before others take its steps. (default: 8s)",
            valueName: "time"
        ),
        transform: duration
    )
    var lease: Duration?

    @Option(
        help: ArgumentHelp(
            "How often it looks for work that it was not told of. (default: 1s)",
            valueName: "time"
        ),
        transform: duration
    )
    var poll: Duration?

    @Option(
        name: .customLong("drain-timeout"),
        help: ArgumentHelp(
            "How long steps may go on after it was asked to stop. (default: 30s)",
            valueName: "time"
        ),
        transform: duration
    )
    var drainTimeout: Duration?

    @Flag(
        help: """
            The connection goes through a pooler that gives each transaction another one, such as \
            PgBouncer: no LISTEN, no prepared statements.
            """
    )
    var pooler = false

    func validate() throws {
        if slots < 1 { throw ValidationError("a worker has at least one slot") }
        if let lease, lease < .seconds(1) { throw ValidationError("a lease is at least 1s") }
    }

    var configuration: WorkerConfiguration {
        var configuration = WorkerConfiguration()
        if !queues.isEmpty { configuration.queues = queues }
        configuration.slots = slots
        if let lease { configuration.lease = lease }
        if let poll { configuration.pollInterval = poll }
        if let drainTimeout { configuration.drainTimeout = drainTimeout }
        configuration.listens = !pooler
        return configuration
    }
}
