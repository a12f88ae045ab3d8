import Glibc
import Postgres

extension Duration {
    /// The time in the two largest units, for people: `350 ms`, `4.2 s`, `2 min 5 s`, `3 d 4 h`.
    var short: String {
        let (seconds, attoseconds) = (self < .zero ? .zero - self : self).components
        let milliseconds = Int(seconds) * 1_000 + Int(attoseconds / 1_000_000_000_000_000)
        let text: String
        switch milliseconds {
        case ..<1:
            text = "\(attoseconds / 1_000_000_000_000) µs"
        case ..<1_000:
            text = "\(milliseconds) ms"
        case ..<10_000:
            text = "\(milliseconds / 1_000).\(milliseconds / 100 % 10) s"
        case ..<60_000:
            text = "\(seconds) s"
        case ..<3_600_000:
            text = "\(seconds / 60) min" + (seconds % 60 > 0 ? " \(seconds % 60) s" : "")
        case ..<86_400_000:
            let minutes = seconds / 60
            text = "\(minutes / 60) h" + (minutes % 60 > 0 ? " \(minutes % 60) min" : "")
        default:
            let hours = seconds / 3_600
            text = "\(hours / 24) d" + (hours % 24 > 0 ? " \(hours % 24) h" : "")
        }
        return self < .zero ? "-" + text : text
    }

    /// The time in milliseconds, for programs.
    var milliseconds: Double {
        let (seconds, attoseconds) = components
        return Double(seconds) * 1_000 + Double(attoseconds) / 1e15
    }
}

extension Instant {
    /// The time of day where the program runs: `14:03:07.250`.
    var localTime: String {
        let (time, microseconds) = broken
        return Self.digits(time.tm_hour, 2) + ":" + Self.digits(time.tm_min, 2) + ":"
            + Self.digits(time.tm_sec, 2) + "." + Self.digits(Int32(microseconds / 1_000), 3)
    }

    /// The date and time where the program runs: `2026-03-01 14:03:07`.
    var local: String {
        if self == .infinity { return "never" }
        let (time, _) = broken
        return Self.digits(time.tm_year + 1_900, 4) + "-" + Self.digits(time.tm_mon + 1, 2) + "-"
            + Self.digits(time.tm_mday, 2) + " " + localTime.dropLast(4)
    }

    private var broken: (tm, microseconds: Int64) {
        let micros = microsecondsSince1970
        let fraction = micros % 1_000_000
        var seconds = time_t(micros / 1_000_000 - (fraction < 0 ? 1 : 0))
        var time = tm()
        localtime_r(&seconds, &time)
        return (time, fraction < 0 ? fraction + 1_000_000 : fraction)
    }

    private static func digits(_ value: Int32, _ width: Int) -> String {
        let digits = String(value)
        return String(repeating: "0", count: max(0, width - digits.count)) + digits
    }
}
