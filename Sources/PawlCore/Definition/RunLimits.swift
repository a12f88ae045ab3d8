/// How many runs of a workflow there may be at the same time, and how many may begin in a time.
///
/// ```swift
/// RunLimits(concurrency: .init(1, of: "input.customer", total: 20), rate: .init(100, per: .seconds(60)))
/// ```
public struct RunLimits: Hashable, Sendable {
    /// The runs at the same time.
    public var concurrency: Concurrency?
    /// The runs that begin in a time.
    public var rate: Rate?
    /// Limits that have names of their own, and hold for all workflows that name them together.
    public var shared: [Shared]
    /// How much of a rate a run takes; `nil` is 1.
    public var weight: Weight?

    /// Creates limits; without any there is none.
    public init(
        concurrency: Concurrency? = nil,
        rate: Rate? = nil,
        shared: [Shared] = [],
        weight: Weight? = nil
    ) {
        self.concurrency = concurrency
        self.rate = rate
        self.shared = shared
        self.weight = weight
    }

    /// How many runs there may be at the same time: a run counts from its first claim to its end.
    public struct Concurrency: Hashable, Sendable {
        /// The runs of each key, or of the workflow if there is no key.
        public var limit: Int?
        /// Where in the input the key is: `input.customer`.
        public var key: String?
        /// The runs of all keys together, which take turns.
        public var total: Int?

        /// Creates a limit of each key, of all together, or of both.
        public init(_ limit: Int? = nil, of key: String? = nil, total: Int? = nil) {
            self.limit = limit
            self.key = key
            self.total = total
        }
    }

    /// How many runs may begin within any `period`, or how much they may weigh.
    public struct Rate: Hashable, Sendable {
        /// The weight that may begin.
        public var limit: Double
        /// From 100 milliseconds to 366 days.
        public var period: Duration
        /// Where in the input the key is, if it holds for each key.
        public var key: String?

        /// Creates a rate.
        public init(_ limit: Double, per period: Duration, of key: String? = nil) {
            self.limit = limit
            self.period = period
            self.key = key
        }
    }

    /// A limit that is a row in the database, with numbers that operators set.
    public struct Shared: Hashable, Sendable {
        /// Its name.
        public var name: String
        /// Where in the input the key is, if it holds for each key.
        public var key: String?

        /// Names a limit.
        public init(_ name: String, of key: String? = nil) {
            self.name = name
            self.key = key
        }
    }

    /// How much of a rate a run takes.
    public enum Weight: Hashable, Sendable {
        case number(Double)
        /// Where in the input it is.
        case path(String)
    }
}

extension RunLimits {
    /// What stands under `limits` in a definition.
    var json: JSON {
        var members: [String: JSON] = [:]
        if let concurrency {
            var one: [String: JSON] = [:]
            if let limit = concurrency.limit { one["limit"] = .integer(Int64(limit)) }
            if let key = concurrency.key { one["key"] = .string(key) }
            if let total = concurrency.total { one["total"] = .integer(Int64(total)) }
            members["concurrency"] = .object(one)
        }
        if let rate {
            var one: [String: JSON] = [
                "limit": .number(rate.limit), "per": .string(rate.period.text),
            ]
            if let key = rate.key { one["key"] = .string(key) }
            members["rate"] = .object(one)
        }
        if !shared.isEmpty {
            members["shared"] = .array(
                shared.map { one in
                    guard let key = one.key else { return .string(one.name) }
                    return ["name": .string(one.name), "key": .string(key)]
                }
            )
        }
        switch weight {
        case .number(let number): members["weight"] = .number(number)
        case .path(let path): members["weight"] = .string(path)
        case nil: break
        }
        return .object(members)
    }
}

extension RunLimits {
    /// A limit that the database keeps, and the way from a run's input to its lane.
    package struct Way: Hashable, Sendable {
        package let name: String
        /// The members that lead to the key; none is one lane for all.
        package let key: [String]
        /// What the definition says of it; a shared limit has numbers of its own.
        package let terms: Terms?
    }

    /// The numbers of a limit.
    package struct Terms: Hashable, Sendable {
        package var concurrency: Int?
        package var total: Int?
        package var amount: Double?
        package var period: Duration?
    }

    /// The limits of a workflow, in the order in which a run stands in their lines.
    package func ways(of workflow: String) -> [Way] {
        var ways: [Way] = []
        if let concurrency {
            ways.append(
                Way(
                    name: workflow + "/concurrency",
                    key: Self.members(concurrency.key),
                    terms: Terms(concurrency: concurrency.limit, total: concurrency.total)
                )
            )
        }
        ways += shared.map { Way(name: $0.name, key: Self.members($0.key), terms: nil) }
        if let rate {
            ways.append(
                Way(
                    name: workflow + "/rate",
                    key: Self.members(rate.key),
                    terms: Terms(amount: rate.limit, period: rate.period)
                )
            )
        }
        return ways
    }

    /// What a run weighs, as the database reads it: a number, or the members that lead to one.
    package var weightRule: String? {
        switch weight {
        case nil: nil
        case .number(let number): String(decoding: JSON.number(number).serialized(), as: UTF8.self)
        case .path(let path): Self.members(path).joined(separator: ".")
        }
    }

    /// The members of the input that a path names; none if it is not a path into the input.
    static func members(_ path: String?) -> [String] {
        guard let path else { return [] }
        let segments = Path(path).segments.map { segment in
            switch segment {
            case .name(let name): name
            case .index(let index): "\(index)"
            }
        }
        guard segments.first == "input", !segments.contains(where: { $0.contains(".") }),
            !segments.contains("")
        else { return [] }
        return Array(segments.dropFirst())
    }
}
