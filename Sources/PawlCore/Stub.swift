extension Duration {
    package init(text: String) throws { self = .seconds(Int(text.dropLast()) ?? 1) }
    package var text: String { "\(self)" }
}
public struct Cron: Hashable, Sendable {
    public init(_ text: String) throws {}
    public func next(after seconds: Int64, in zone: Zone) -> Int64? { seconds / 60 * 60 + 60 }
}
public struct Zone: Hashable, Sendable { public init(_ name: String) throws {} }
