/// All addresses that begin alike, as in `10.0.0.0/8`.
struct NetworkBlock: Hashable, Sendable {
    let base: IPAddress
    let prefix: Int

    /// ::ffff:a.b.c.d, which systems treat as a.b.c.d.
    static let mapped: NetworkBlock = "::ffff:0:0/96"
    /// 64:ff9b::a.b.c.d, which a gateway translates to a.b.c.d.
    static let translated: NetworkBlock = "64:ff9b::/96"
    /// 2002:aabb:ccdd::, which is tunnelled to a.b.c.d.
    static let sixToFour: NetworkBlock = "2002::/16"

    /// Reads a block, or one address; `nil` if the text is neither.
    init?(_ text: some StringProtocol) {
        let parts = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        guard let first = parts.first, let base = IPAddress(first) else { return nil }
        self.base = base
        guard parts.count == 2 else {
            prefix = base.family.width
            return
        }
        let digits = parts[1]
        guard (1...3).contains(digits.count), digits.allSatisfy({ $0.isASCII && $0.isNumber }),
            let prefix = Int(digits), prefix <= base.family.width
        else { return nil }
        self.prefix = prefix
    }

    /// Whether the address begins like the block's.
    func contains(_ address: IPAddress) -> Bool {
        // A shift by the whole width gives zero: every address of the family begins with nothing.
        address.family == base.family
            && (address.bits ^ base.bits) >> (base.family.width - prefix) == 0
    }
}

extension NetworkBlock: ExpressibleByStringLiteral {
    init(stringLiteral text: String) {
        guard let block = NetworkBlock(text) else {
            preconditionFailure("\"\(text)\" is no block of addresses")
        }
        self = block
    }
}
