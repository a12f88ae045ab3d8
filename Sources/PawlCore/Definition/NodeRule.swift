extension Node {
    /// What a node's config says to the planner, read once.
    enum Rule: Hashable, Sendable {
        /// Nothing: its kind says it all.
        case none
        case handler(config: Template)
        case end(output: Template?)
        case log(Log)
        case set(JSON)
        case transform(Template)
        case delay(Span)
        case unknownFunction(String)
        case condition(Condition)
        case value(Path?)
        case parallel(Parallel)
        case loop(Loop)
        case branch(Branch)
        case wait(Wait)
        case question(Question)
        case workflow(Child)
    }

    struct Log: Hashable, Sendable {
        let message: Template?
        /// What is recorded; `nil` is all that is known.
        let paths: [Path]?
    }

    /// How side by side work ends.
    struct Parallel: Hashable, Sendable {
        enum Join: Hashable, Sendable {
            /// When all children have ended; it fails if one failed.
            case all
            /// When the first child succeeds; the others are cancelled.
            case any
            /// As `any`, with an output that says who won.
            case race
            /// When so many children have succeeded; the others are cancelled.
            case count(Int)
        }

        let join: Join
        /// Whether the first failure cancels the siblings.
        let cancelsOnFailure: Bool
        /// The children at work at once; `nil` is all.
        let limit: Int?
    }

    struct Loop: Hashable, Sendable {
        enum Mode: Hashable, Sendable {
            case forEach(List)
            case `while`(Condition)
            case until(Condition)
        }

        /// What a loop goes through.
        enum List: Hashable, Sendable {
            case operand(Operand)
            case template(Template)
        }

        let mode: Mode
        let maximum: Int?
        /// The iterations at work at once.
        let concurrency: Int
        let cancelsOnFailure: Bool
        /// Whether the output has the result of each iteration.
        let collects: Bool
    }

    struct Branch: Hashable, Sendable {
        enum Value: Hashable, Sendable {
            case operand(Operand)
            case condition(Condition)
        }

        let value: Value
        let branches: [String: String]
        let otherwise: String?
    }

    enum Wait: Hashable, Sendable {
        case duration(Span)
        case until(Template)
        case signal(Signal)
    }

    struct Signal: Hashable, Sendable {
        let name: String
        /// What the payload must fulfil.
        let filter: Condition?
        let timeout: Span?
        /// The payload if none comes in time; without one the step fails then.
        let fallback: JSON?
    }

    /// A question to a person or an agent.
    struct Question: Hashable, Sendable {
        /// What is asked: prompt, options, and whatever helps to decide.
        let subject: Template
        /// What helps to decide, as far as it is known.
        let data: [Datum]
        let assignee: Template?
        let timeout: Span?
        let fallback: String?

        /// A thing that is shown beside the question.
        struct Datum: Hashable, Sendable {
            enum Value: Hashable, Sendable {
                /// What is at a path, or the text itself if nothing is.
                case path(Path, otherwise: String)
                case template(Template)
            }

            let name: String
            let value: Value
        }
    }

    /// A run that belongs to the step.
    struct Child: Hashable, Sendable {
        let workflow: Template
        let input: Template
        let key: Template?
        /// Whether the step ends with the run, and not at once.
        let isAwaited: Bool
    }
}
