/// What becomes of a tick while the run before it has not ended.
public enum Overlap: String, Hashable, Sendable, CaseIterable, Codable {
    /// Its run starts beside the other.
    case allow
    /// It is skipped.
    case skip
    /// It waits for the end of the run; while one waits, others are skipped.
    case bufferOne = "buffer_one"
    /// It waits, in line.
    case bufferAll = "buffer_all"
    /// The run may end the steps at work and is then cancelled; the tick waits for that.
    case cancel
    /// The run is cancelled at once.
    case terminate
}

/// What becomes of the ticks of a schedule that are due or wait, in one go.
///
/// At most one run is started at a time, except where overlapping is allowed: which of the other
/// ticks wait is decided anew when that run has ended.
package struct OverlapPlan: Hashable, Sendable {
    /// A tick that is due, or waits.
    package struct Arrival: Hashable, Sendable {
        /// Microseconds since 1970.
        package let tick: Int64
        /// Whether it was asked for afterwards: it waits for its turn and is never skipped.
        package let isBackfill: Bool

        package init(tick: Int64, isBackfill: Bool = false) {
            self.tick = tick
            self.isBackfill = isBackfill
        }
    }

    /// A tick that is passed over, and why.
    package struct Skip: Hashable, Sendable {
        package let tick: Int64
        package let reason: String
    }

    /// How the run before is ended.
    package enum Ending: Hashable, Sendable {
        /// Steps at work may end, others do not begin.
        case gently
        case atOnce
    }

    /// More ticks than this do not wait in line.
    package static let longestLine = 1_000

    /// The ticks whose runs start now.
    package private(set) var fired: [Int64] = []
    /// The ticks that wait.
    package private(set) var waiting: [Int64] = []
    /// The ticks that are passed over, and why.
    package private(set) var skipped: [Skip] = []
    /// How the run before is ended, if it is.
    package private(set) var ending: Ending?

    /// Decides what becomes of `arrivals`, which are in order.
    ///
    /// `isLive` says that the run before has not ended, and `isIdle` that no step of it is at work.
    package init(_ overlap: Overlap, _ arrivals: [Arrival], isLive: Bool, isIdle: Bool = false) {
        guard overlap != .allow else {
            fired = arrivals.map(\.tick)
            return
        }
        var regular = arrivals.filter { !$0.isBackfill }.map(\.tick)
        let backfills = arrivals.filter(\.isBackfill).map(\.tick)
        if overlap.replaces {
            keepLast(of: &regular)
            if isLive, !regular.isEmpty {
                ending = overlap == .terminate || isIdle ? .atOnce : .gently
            }
        }
        var rest = backfills
        if !isLive || ending == .atOnce {
            let first = overlap.replaces && !regular.isEmpty ? regular[0] : arrivals.first?.tick
            if let first {
                fired = [first]
                regular.removeAll { $0 == first }
                rest.removeAll { $0 == first }
            }
        }
        place(regular, overlap)
        waiting = (waiting + rest).sorted()
    }

    /// Of several that would replace one another only the last counts.
    private mutating func keepLast(of ticks: inout [Int64]) {
        for tick in ticks.dropLast() {
            skipped.append(Skip(tick: tick, reason: "a later tick came"))
        }
        ticks = ticks.suffix(1)
    }

    /// The run before is live, or one was started just now.
    private mutating func place(_ ticks: [Int64], _ overlap: Overlap) {
        let places =
            switch overlap {
            case .allow, .skip: 0
            case .bufferOne, .cancel, .terminate: 1
            case .bufferAll: Self.longestLine
            }
        waiting = Array(ticks.prefix(places))
        let reason =
            switch overlap {
            case .bufferOne: "another tick waits for the run before"
            case .bufferAll: "\(Self.longestLine) ticks wait for the run before"
            case .allow, .skip, .cancel, .terminate: "the run before had not ended"
            }
        skipped += ticks.dropFirst(places).map { Skip(tick: $0, reason: reason) }
    }
}

extension Overlap {
    /// Whether a tick ends the run before.
    fileprivate var replaces: Bool { self == .cancel || self == .terminate }
}
