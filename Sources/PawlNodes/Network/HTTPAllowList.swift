/// Where requests may go although the address is on this machine or in its network.
///
/// ```swift
/// let allowed = try HTTPAllowList(["10.20.0.0/16", "metrics.internal", "*.svc.cluster.local"])
/// ```
///
/// An entry is an address, a block of addresses, the name of a host, `*.` and a name for all hosts
/// below it, or `*` for everything. Public addresses need no entry.
public struct HTTPAllowList: Sendable, Hashable {
    private var blocks: [NetworkBlock] = []
    private var hosts: Set<String> = []
    private var domains: [String] = []
    private var isEverything = false

    /// Creates a list that allows nothing.
    public init() {}

    /// Creates a list of these entries.
    ///
    /// - Throws: ``HTTPAllowListError`` at the first that is none.
    public init(_ entries: some Sequence<String>) throws(HTTPAllowListError) {
        for entry in entries {
            let name = Self.normal(entry)
            if entry == "*" {
                isEverything = true
            } else if let block = NetworkBlock(entry) {
                blocks.append(block)
            } else if name.hasPrefix("*."), Self.isHost(name.dropFirst(2)) {
                domains.append(String(name.dropFirst()))
            } else if Self.isHost(name[...]) {
                hosts.insert(name)
            } else {
                throw HTTPAllowListError(entry: entry)
            }
        }
    }

    /// Whether requests may go to an address that `host` stands for.
    func allows(_ address: IPAddress, of host: String) -> Bool {
        let host = Self.normal(host)
        return isEverything || hosts.contains(host) || domains.contains(where: host.hasSuffix)
            || blocks.contains { block in
                block.contains(address) || (address.embedded.map(block.contains) ?? false)
            }
    }

    private static func normal(_ host: String) -> String {
        let host = host.lowercased()
        return host.hasSuffix(".") ? String(host.dropLast()) : host
    }

    /// Numbers and dots alone are a mistyped address and not a name.
    private static func isHost(_ text: Substring) -> Bool {
        (1...253).contains(text.utf8.count) && !text.hasPrefix(".")
            && text.utf8.allSatisfy { byte in
                (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
                    || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
                    || byte == UInt8(ascii: "-") || byte == UInt8(ascii: ".")
                    || byte == UInt8(ascii: "_")
            }
            && !text.utf8.allSatisfy { byte in
                (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
                    || byte == UInt8(ascii: ".")
            }
    }
}

/// A text names neither hosts nor addresses.
public struct HTTPAllowListError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The text.
    public let entry: String
    /// What is allowed.
    public let hint =
        "write hosts, *.domains, addresses or blocks of addresses, such as 10.0.0.0/8"

    /// What is wrong, and what is allowed.
    public var description: String { "\"\(entry)\" is no host and no address; \(hint)" }
}
