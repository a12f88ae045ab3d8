import PawlCore
import PawlStore
import Postgres

/// A census, as it is shown.
struct CensusView {
    private let census: Census
    private let eventsPerSecond: Int?
    private let totals: [RunStatus: Int]

    init(_ census: Census, eventsPerSecond: Int?) {
        self.census = census
        self.eventsPerSecond = eventsPerSecond
        totals = census.runs.values.reduce(into: [:]) { $0.merge($1, uniquingKeysWith: +) }
    }

    /// Whether nothing is left to do.
    func isIdle(ignoringWaiting: Bool) -> Bool {
        let live: [RunStatus] =
            ignoringWaiting ? [.pending, .running] : [.pending, .running, .waiting]
        return live.allSatisfy { totals[$0, default: 0] == 0 }
    }

    /// Whether another one would show nothing new; a mere rate is nothing new.
    func showsSame(as other: CensusView?) -> Bool {
        guard let other else { return false }
        return census.runs == other.census.runs && census.workers == other.census.workers
    }

    /// A table with a bar for each workflow: how much of its runs has ended.
    ///
    /// Of more workflows than there is room for, those with the most runs are shown.
    func lines(_ paint: Paint, width: Int, height: Int) -> [String] {
        let statuses = RunStatus.allCases.filter {
            // These two are rare.
            ($0 != .paused && $0 != .cancelled) || totals[$0, default: 0] > 0
        }
        var table = Table(
            [.left("WORKFLOW")] + statuses.map { .right($0.rawValue.uppercased()) }
                + [.left("ENDED")]
        )
        func add(_ name: Table.Cell, _ runs: [RunStatus: Int]) {
            let counts = statuses.map { status in
                let count = runs[status, default: 0]
                return Table.Cell(String(count), count == 0 ? .dim : status.style)
            }
            table.add([name] + counts + [Table.Cell(Self.bar(runs))])
        }
        let shown = census.runs
            .sorted { $0.value.values.reduce(0, +) > $1.value.values.reduce(0, +) }
            .prefix(max(1, height - 5))
            .sorted { $0.key < $1.key }
        for (workflow, runs) in shown { add(Table.Cell(workflow.shortened(to: 24), .bold), runs) }
        if census.runs.count > 1 { add("all \(census.runs.count)", totals) }
        return table.lines(paint, width: width) + [String(summary.prefix(width))]
    }

    private static func bar(_ runs: [RunStatus: Int]) -> String {
        let total = runs.values.reduce(0, +)
        let ended = runs.filter(\.key.isFinal).values.reduce(0, +)
        guard total > 0 else { return "" }
        let filled = ended * barWidth / total
        return String(repeating: "█", count: filled)
            + String(repeating: "░", count: barWidth - filled) + " \(ended * 100 / total)%"
    }

    /// The table fits into 80 columns with it.
    private static let barWidth = 14

    private var summary: String {
        let workers = census.workers.counted("worker", "workers")
        guard let eventsPerSecond else { return workers }
        return "\(workers), \(eventsPerSecond) steps/s"
    }

    /// All statuses on one line.
    var line: String {
        let counts = RunStatus.allCases.map { "\($0.rawValue)=\(totals[$0, default: 0])" }
        let rate = eventsPerSecond.map { " steps/s=\($0)" } ?? ""
        return "\(census.now.localTime) \(counts.joined(separator: " ")) "
            + "workers=\(census.workers)\(rate)"
    }

    var json: JSON {
        func counts(_ runs: [RunStatus: Int]) -> JSON {
            .object(
                Dictionary(
                    uniqueKeysWithValues: RunStatus.allCases.map {
                        ($0.rawValue, JSON(runs[$0, default: 0]))
                    }
                )
            )
        }
        return [
            "at": JSON(census.now), "workflows": .object(census.runs.mapValues(counts)),
            "total": counts(totals), "workers": JSON(census.workers),
            "events_per_second": JSON(eventsPerSecond),
        ]
    }
}

/// How many events are recorded in a second, over the last few.
struct EventRate {
    /// The server's statistics are up to a second late, so that a shorter look would jump.
    private static let window = Duration.seconds(3)

    private var looks: [(time: ContinuousClock.Instant, events: Int)] = []

    /// Adds a look, and gives the rate; `nil` until there are two.
    mutating func add(_ events: Int, at time: ContinuousClock.Instant) -> Int? {
        looks.append((time, events))
        while looks.count > 2, looks[1].time < time - Self.window { looks.removeFirst() }
        guard let first = looks.first, first.time < time else { return nil }
        let milliseconds = first.time.duration(to: time).milliseconds
        return Int(Double(max(0, events - first.events)) * 1_000 / milliseconds)
    }
}
