import ArgumentParser
import FoundationEssentials
import Glibc
import PawlCore
import PawlStore
import Postgres

/// `pawl watch`: what happens, while it happens.
struct Watch: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Watch all runs, or one.",
        discussion: """
            Without a run it counts the runs by workflow and status, and the steps that are \
            recorded in a second. On a terminal that is a table that stays in its place; elsewhere \
            a line is printed whenever something has changed.

              pawl watch
              pawl watch --until-idle                     end when nothing is left to do
              pawl watch --until-idle --ignore-waiting    also when runs wait for an answer
              pawl watch 01998f3e-6c1a-7                  follow one run to its end

            With a run the exit code says how it ended: 0 completed, 1 failed or cancelled.
            """
    )

    @Argument(help: "A run's id, or its beginning.")
    var run: RunReference?

    @Flag(
        name: .customLong("until-idle"),
        help: "End when no run is pending, running or waiting."
    )
    var untilIdle = false

    @Flag(
        name: .customLong("ignore-waiting"),
        help: "With --until-idle: also end when the runs that are left wait for something."
    )
    var ignoreWaiting = false

    @Option(
        help: ArgumentHelp("How often to look. (default: 500ms)", valueName: "time"),
        transform: duration
    )
    var interval: Duration?

    @OptionGroup var output: OutputOptions
    @OptionGroup var database: DatabaseOptions

    func validate() throws {
        if run != nil, untilIdle || ignoreWaiting {
            throw ValidationError("a run is watched to its end; --until-idle is for all of them")
        }
        if ignoreWaiting, !untilIdle {
            throw ValidationError("--ignore-waiting goes with --until-idle")
        }
    }

    func run() async throws {
        let interval = max(interval ?? .milliseconds(500), .milliseconds(10))
        try await database.withConnection { connection in
            if let run {
                try await follow(run, every: interval, on: connection)
            } else {
                try await watchAll(every: interval, on: connection)
            }
        }
    }

    private func watchAll(every interval: Duration, on connection: Connection) async throws {
        var rate = EventRate()
        var shown: CensusView?
        var drawn = 0
        let isTerminal = isatty(STDOUT_FILENO) == 1 && !output.isJSON
        while true {
            let start = ContinuousClock.now
            let census = try await connection.run { try $0.census() }
            let view = CensusView(census, eventsPerSecond: rate.add(census.events, at: start))
            if isTerminal {
                let (width, height) = Self.terminalSize
                let lines = view.lines(output.paint, width: width, height: height)
                Output.raw(Self.redrawing(lines, over: drawn))
                drawn = lines.count
            } else if !view.showsSame(as: shown) {
                if output.isJSON {
                    Output.document(view.json)
                } else {
                    Output.line(view.line)
                }
            }
            shown = view
            if untilIdle, view.isIdle(ignoringWaiting: ignoreWaiting) { return }
            // Counting takes time where there are many runs: at most a tenth of the server's.
            let cost = start.duration(to: .now)
            try await Task.sleep(for: max(interval, cost * 9))
        }
    }

    private func follow(
        _ reference: RunReference,
        every interval: Duration,
        on connection: Connection
    ) async throws {
        let run = try await connection.run { try reference.find(in: $0) }
        let transcript = Transcript(paint: output.paint, isFull: false)
        var seq = 0
        while true {
            let last = seq
            // The status first: what ended a run before it was read is among the events after it.
            let (status, events) = try await connection.run { session in
                (try session.status(of: run), try session.events(of: run, after: last))
            }
            guard let status else { throw Complaint.noRun(reference.text) }
            for event in events {
                if output.isJSON {
                    Output.document(event.json)
                } else {
                    Output.line(transcript.line(event))
                }
                seq = event.seq
            }
            if events.isEmpty, status.isFinal {
                guard status == .completed else { throw Complaint.Exit.failed.code }
                return
            }
            if events.isEmpty { try await Task.sleep(for: interval) }
        }
    }

    /// Draws lines over those that were drawn before.
    private static func redrawing(_ lines: [String], over height: Int) -> String {
        let up = height > 0 ? "\u{1b}[\(height)A" : ""
        return up + "\r" + lines.map { $0 + "\u{1b}[K\n" }.joined() + "\u{1b}[J"
    }

    private static var terminalSize: (width: Int, height: Int) {
        var size = winsize()
        guard ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else {
            return (80, 24)
        }
        return (Int(size.ws_col), Int(size.ws_row))
    }
}
