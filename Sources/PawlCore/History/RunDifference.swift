/// How the steps of one run differ from those of another.
public struct RunDifference: Hashable, Sendable {
    /// A step that differs.
    public struct Line: Hashable, Sendable {
        /// How it differs.
        public enum Change: Hashable, Sendable {
            /// Only the second run has it.
            case added(StepStatus)
            /// Only the first run has it.
            case removed(StepStatus)
            /// It stands elsewhere.
            case status(StepStatus, StepStatus)
            /// It gave something else; JSON texts.
            case output([UInt8]?, [UInt8]?)
            /// It failed differently; JSON texts.
            case failure([UInt8]?, [UInt8]?)
        }

        /// The step.
        public let step: StepID
        /// How it differs.
        public let change: Change
    }

    /// The steps that differ, in the order of the first run, then of the second.
    public let lines: [Line]

    /// Compares two runs step by step; outputs are equal if they are the same JSON.
    public init(from first: [StepState], to second: [StepState]) {
        let others = Dictionary(second.map { ($0.step, $0) }, uniquingKeysWith: { $1 })
        let known = Set(first.map(\.step))
        var lines: [Line] = []
        for state in first {
            guard let other = others[state.step] else {
                lines.append(Line(step: state.step, change: .removed(state.status)))
                continue
            }
            if state.status != other.status {
                lines.append(Line(step: state.step, change: .status(state.status, other.status)))
            }
            if Projection.parse(state.output) != Projection.parse(other.output) {
                lines.append(Line(step: state.step, change: .output(state.output, other.output)))
            }
            if Projection.parse(state.failure) != Projection.parse(other.failure) {
                lines.append(
                    Line(step: state.step, change: .failure(state.failure, other.failure))
                )
            }
        }
        for state in second where !known.contains(state.step) {
            lines.append(Line(step: state.step, change: .added(state.status)))
        }
        self.lines = lines
    }
}
