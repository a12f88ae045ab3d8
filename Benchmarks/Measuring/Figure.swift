/// Something measured several times, and the goal it is held against.
struct Figure: Codable, Sendable, CustomStringConvertible {
    let name: String
    let unit: String
    let samples: [Double]
    var goal: Goal?
    /// How it went within the rounds, a value a second: the median over the rounds.
    var curve: [Double]?
    /// Of what this is, where several are put beside each other.
    var subject: String?

    init(
        _ name: String,
        _ unit: String,
        _ samples: [Double],
        goal: Goal? = nil,
        curve: [Double]? = nil,
        subject: String? = nil
    ) {
        self.name = name
        self.unit = unit
        self.samples = samples
        self.goal = goal
        self.curve = curve
        self.subject = subject
    }

    var value: Double { samples.median }

    /// The median distance from the median.
    var noise: Double { samples.map { abs($0 - value) }.median }

    /// Whether the goal is missed by more than the noise.
    var isMissed: Bool {
        switch goal {
        case nil: false
        case .atLeast(let least): value + noise < least
        case .atMost(let most): value - noise > most
        }
    }

    var description: String {
        let target = goal.map { ", goal \($0)" } ?? ""
        let title = (subject.map { "\($0), " } ?? "") + name
        return (isMissed ? "MISSED " : "")
            + "\(title): \(value.figure) ± \(noise.figure) \(unit)\(target)"
    }
}

/// What a figure is to reach.
enum Goal: Codable, Sendable, CustomStringConvertible {
    case atLeast(Double)
    case atMost(Double)

    var description: String {
        switch self {
        case .atLeast(let value): "≥ \(value.figure)"
        case .atMost(let value): "≤ \(value.figure)"
        }
    }
}

extension [Double] {
    var median: Double {
        let ordered = sorted()
        guard let last = ordered.last else { return .nan }
        let middle = count / 2
        return count.isMultiple(of: 2)
            ? (ordered[middle - 1] + ordered[middle]) / 2
            : count == 1 ? last : ordered[middle]
    }

    /// The value below which that share of the others lies.
    func percentile(_ share: Double) -> Double {
        isEmpty ? .nan : sorted()[Swift.min(Int(Double(count) * share), count - 1)]
    }
}

extension Double {
    /// As a table prints it: three digits that count, thousands apart.
    var figure: String {
        guard isFinite else { return "–" }
        if magnitude >= 100 { return Int(rounded()).grouped }
        let digits = magnitude >= 10 ? 10.0 : magnitude >= 0.1 || self == 0 ? 100.0 : 10_000.0
        let rounded = (self * digits).rounded() / digits
        return rounded == rounded.rounded() ? "\(Int(rounded))" : "\(rounded)"
    }
}

extension Int {
    /// With a comma before each third digit from the end.
    var grouped: String {
        var text = ""
        for (place, digit) in String(magnitude).reversed().enumerated() {
            if place > 0, place.isMultiple(of: 3) { text.append(",") }
            text.append(digit)
        }
        return (self < 0 ? "-" : "") + String(text.reversed())
    }
}

extension Duration {
    var inSeconds: Double { self / .seconds(1) }
}
