import FoundationEssentials
import Glibc
import PawlCore

/// Colours text, where somebody sees it.
struct Paint: Sendable {
    enum Style: String {
        case bold = "1"
        case dim = "2"
        case red = "31"
        case green = "32"
        case yellow = "33"
        case blue = "34"
        case magenta = "35"
        case cyan = "36"
    }

    let isOn: Bool

    /// Whether a descriptor is a terminal that shows colours, and nobody said that it should not.
    init(_ descriptor: Int32, isForbidden: Bool = false) {
        let environment = ProcessInfo.processInfo.environment
        isOn =
            !isForbidden && isatty(descriptor) == 1 && environment["TERM"] != "dumb"
            && (environment["NO_COLOR"] ?? "").isEmpty
    }

    static var forStandardError: Paint {
        // An error may be about the options themselves, so that they cannot be asked.
        Paint(STDERR_FILENO, isForbidden: CommandLine.arguments.contains("--no-color"))
    }

    func callAsFunction(_ text: String, _ style: Style?) -> String {
        guard isOn, let style else { return text }
        return "\u{1b}[\(style.rawValue)m\(text)\u{1b}[0m"
    }
}

extension RunStatus {
    var style: Paint.Style? {
        switch self {
        case .pending: .dim
        case .running: .cyan
        case .waiting: .magenta
        case .paused: .yellow
        case .completed: .green
        case .failed: .red
        case .cancelled: .yellow
        }
    }
}

extension StepStatus {
    var style: Paint.Style? {
        switch self {
        case .pending, .scheduled, .ready, .skipped: .dim
        case .running: .cyan
        case .waiting: .magenta
        case .retrying, .cancelled: .yellow
        case .completed: .green
        case .failed: .red
        }
    }
}
