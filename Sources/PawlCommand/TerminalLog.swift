import Glibc
import Logging
import Postgres

/// Writes log lines for people: the time, the level, the message, and what belongs to it.
struct TerminalLog: LogHandler {
    var logLevel: Logger.Level
    var metadata: Logger.Metadata = [:]
    var metadataProvider: Logger.MetadataProvider?

    private let paint: Paint
    /// A terminal is looked at today; a file needs the date and the zone.
    private let isTerminal: Bool

    init(level: Logger.Level, isColorless: Bool) {
        logLevel = level
        paint = Paint(STDERR_FILENO, isForbidden: isColorless)
        isTerminal = isatty(STDERR_FILENO) == 1
    }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        let now = Instant.now()
        var line = paint(isTerminal ? now.localTime : "\(now)", .dim)
        line += " " + paint(event.level.rawValue.padded(to: 7), event.level.style)
        line += " \(event.message)"
        let all =
            metadata
            .merging(metadataProvider?.get() ?? [:]) { _, provided in provided }
            .merging(event.metadata ?? [:]) { _, given in given }
        for (key, value) in all.sorted(by: { $0.key < $1.key }) {
            line += " " + paint("\(key)=", .dim) + Self.quoted("\(value)")
        }
        if let error = event.error { line += " " + paint("error=", .dim) + Self.quoted("\(error)") }
        Output.note(line + "\n")
    }

    /// Keeps a value one word on one line.
    private static func quoted(_ value: String) -> String {
        let isWord = !value.isEmpty && !value.contains { $0.isWhitespace || $0 == "\"" }
        return isWord ? value : value.debugDescription
    }
}

extension Logger.Level {
    fileprivate var style: Paint.Style? {
        switch self {
        case .trace, .debug: .dim
        case .info, .notice: .blue
        case .warning: .yellow
        case .error, .critical: .red
        }
    }
}
