import ArgumentParser
import Logging

/// What a command that lives long says of itself, on standard error.
struct LogOptions: ParsableArguments {
    @Option(
        name: .customLong("log-level"),
        help: ArgumentHelp(
            "The least that is logged: trace, debug, info, notice, warning, error or critical.",
            valueName: "level"
        ),
        completion: .list(Logger.Level.allCases.map(\.rawValue)),
        transform: { text in
            guard let level = Logger.Level(rawValue: text) else {
                throw ValidationError("\"\(text)\" is no log level")
            }
            return level
        }
    )
    var level = Logger.Level.info

    @Flag(name: .customLong("no-color"), help: "Use no colours.")
    var isColorless = false

    func makeLogger() -> Logger {
        let level = level
        let isColorless = isColorless
        return Logger(label: "pawl") { _ in
            TerminalLog(level: level, isColorless: isColorless)
        }
    }
}
