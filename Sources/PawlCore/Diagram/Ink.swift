/// The colours of a box.
struct Ink: Hashable {
    let fill: String
    let line: String
    let text: String

    /// A box of a run that the run has not reached.
    static let plain = Ink(fill: "#ffffff", line: "#cbd5e1", text: "#475569")
}

extension Diagram.Mark {
    /// Its colours, which a mark shares with the one that it is folded into.
    var ink: Ink {
        switch self {
        case .completed: Ink(fill: "#dcfce7", line: "#16a34a", text: "#14532d")
        case .failed: Ink(fill: "#fee2e2", line: "#dc2626", text: "#7f1d1d")
        case .running, .retrying: Ink(fill: "#dbeafe", line: "#2563eb", text: "#1e3a8a")
        case .waiting: Ink(fill: "#fef3c7", line: "#d97706", text: "#78350f")
        case .pending: Ink(fill: "#f1f5f9", line: "#64748b", text: "#334155")
        case .skipped: Ink(fill: "#f8fafc", line: "#94a3b8", text: "#64748b")
        }
    }
}

extension Diagram.Shape {
    /// Its colours where nothing is marked.
    fileprivate var ink: Ink {
        switch self {
        case .circle: Ink(fill: "#f1f5f9", line: "#475569", text: "#1e293b")
        case .rectangle: Ink(fill: "#eff6ff", line: "#60a5fa", text: "#1e293b")
        case .diamond: Ink(fill: "#fffbeb", line: "#f59e0b", text: "#451a03")
        case .hexagon: Ink(fill: "#f5f3ff", line: "#8b5cf6", text: "#2e1065")
        case .stadium: Ink(fill: "#ecfeff", line: "#06b6d4", text: "#083344")
        case .frame: Ink(fill: "#f8fafc", line: "#94a3b8", text: "#334155")
        }
    }
}

extension Diagram.Box {
    /// Its colours, in a diagram with marks or in one without.
    func ink(amongMarks hasMarks: Bool) -> Ink {
        if let mark { return mark.ink }
        return hasMarks ? .plain : shape.ink
    }
}
