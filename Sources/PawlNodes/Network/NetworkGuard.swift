/// Decides about every address that a request is about to connect to.
///
/// It is asked when the address is known and nothing was sent yet. So it does not matter how the
/// address came about: written in a URL in whatever notation, given by a name server that changes
/// its mind, or named by a redirect.
struct NetworkGuard: Sendable {
    let allowed: HTTPAllowList

    /// Returns why the address of `host` must not be connected to, or `nil` if it may be.
    func objection(to address: IPAddress, of host: String) -> String? {
        guard let rule = AddressRule(against: address), !allowed.allows(address, of: host) else {
            return nil
        }
        let name = host == "\(address)" || host == "[\(address)]" ? host : "\(host) (\(address))"
        return """
            connections to \(rule.rawValue) addresses are refused, and \(name) is one; allow it \
            with PAWL_HTTP_ALLOW=\(address), or httpAllow of WorldNodesConfiguration
            """
    }
}
