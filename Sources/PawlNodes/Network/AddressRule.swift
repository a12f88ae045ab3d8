/// Why nobody connects to an address unless it was allowed.
///
/// A definition, or the data of a run, may name any URL. What is behind these addresses is reached
/// from here and not from where the definition came from: this machine, its network, and the
/// metadata services of clouds, which hand out credentials.
enum AddressRule: String, Sendable, CaseIterable {
    case unspecified
    case loopback
    case `private`
    case shared
    case linkLocal = "link-local"
    case siteLocal = "site-local"
    case uniqueLocal = "unique-local"
    case multicast
    case reserved
    case mapped = "IPv4-mapped"

    /// From the registries of special addresses (RFC 6890 and its successors).
    private static let blocks: [(block: NetworkBlock, rule: AddressRule)] = [
        ("0.0.0.0/8", .unspecified),
        ("10.0.0.0/8", .private),
        ("100.64.0.0/10", .shared),
        ("127.0.0.0/8", .loopback),
        ("169.254.0.0/16", .linkLocal),
        ("172.16.0.0/12", .private),
        ("192.0.0.0/24", .reserved),
        ("192.168.0.0/16", .private),
        ("198.18.0.0/15", .reserved),
        ("224.0.0.0/4", .multicast),
        ("240.0.0.0/4", .reserved),
        ("::/128", .unspecified),
        ("::1/128", .loopback),
        ("::/96", .reserved),
        (.mapped, .mapped),
        ("64:ff9b:1::/48", .private),
        ("100::/64", .reserved),
        ("2001::/32", .reserved),
        ("fc00::/7", .uniqueLocal),
        ("fe80::/10", .linkLocal),
        ("fec0::/10", .siteLocal),
        ("ff00::/8", .multicast),
    ]

    /// Finds the rule against an address, also against one that it is a way of writing.
    init?(against address: IPAddress) {
        if let embedded = address.embedded, let rule = AddressRule(against: embedded) {
            self = rule
        } else if let (_, rule) = Self.blocks.first(where: { $0.block.contains(address) }) {
            self = rule
        } else {
            return nil
        }
    }
}
