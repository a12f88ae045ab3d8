import Testing

@testable import PawlNodes

/// Where requests may go: addresses in every notation, and what opens the gate.
struct AddressRuleTests {
    @Test(arguments: [
        ("0.0.0.0", AddressRule.unspecified), ("0.1.2.3", .unspecified),
        ("10.0.0.0", .private), ("10.255.255.255", .private),
        ("100.64.0.1", .shared), ("100.127.255.255", .shared),
        ("127.0.0.1", .loopback), ("127.255.0.1", .loopback),
        ("169.254.169.254", .linkLocal),
        ("172.16.0.0", .private), ("172.31.255.255", .private),
        ("192.0.0.8", .reserved), ("192.168.1.1", .private), ("198.19.0.1", .reserved),
        ("224.0.0.1", .multicast), ("239.255.255.255", .multicast),
        ("240.0.0.1", .reserved), ("255.255.255.255", .reserved),
        ("::", .unspecified), ("::1", .loopback), ("[::1]", .loopback),
        ("::7f00:1", .reserved),
        ("::ffff:127.0.0.1", .loopback), ("::ffff:10.1.2.3", .private),
        ("::ffff:8.8.8.8", .mapped),
        ("64:ff9b::10.0.0.1", .private), ("64:ff9b:1::1", .private),
        ("2002:7f00:1::", .loopback), ("2002:c0a8:101::1", .private),
        ("2001:0:1::", .reserved), ("100::1", .reserved),
        ("fc00::1", .uniqueLocal), ("fdff::1", .uniqueLocal),
        ("fe80::1", .linkLocal), ("febf::1", .linkLocal), ("fec0::1", .siteLocal),
        ("ff02::1", .multicast),
    ])
    func `an address of one's own network has a rule against it`(
        text: String,
        rule: AddressRule
    ) throws {
        #expect(AddressRule(against: try #require(IPAddress(text))) == rule)
    }

    @Test(arguments: [
        "1.0.0.0", "9.255.255.255", "11.0.0.0", "100.63.255.255", "100.128.0.0", "126.255.255.255",
        "128.0.0.0", "169.253.255.255", "169.255.0.0", "172.15.255.255", "172.32.0.0", "192.0.1.0",
        "192.167.255.255", "192.169.0.0", "198.17.255.255", "198.20.0.0", "223.255.255.255",
        "2606:4700::1111", "64:ff9b::8.8.8.8", "2002:808:808::1", "2001:1::1", "fbff::1",
    ])
    func `a public address has none`(text: String) throws {
        #expect(AddressRule(against: try #require(IPAddress(text))) == nil)
    }

    @Test(arguments: [
        "", "1", "1.2.3", "1.2.3.4.5", "256.0.0.1", "1.2.3.4/8", "[1.2.3.4]", "::g", "1::2::3",
        "[::1", "127.0.0.1\0", "localhost",
    ])
    func `what is no address is not read as one`(text: String) {
        #expect(IPAddress(text) == nil)
    }

    @Test(arguments: [
        "127.0.0.1", "0.0.0.0", "255.255.255.255", "::1", "fe80::1", "2606:4700::1111",
    ])
    func `an address is written as it is read`(text: String) throws {
        #expect(try #require(IPAddress(text)).description == text)
    }

    @Test(arguments: [
        ("127.0.0.1", "127.0.0.1", "127.0.0.1", true),
        ("127.0.0.1", "127.0.0.2", "127.0.0.2", false),
        ("10.0.0.0/8", "10.9.8.7", "db.internal", true),
        ("10.0.0.0/8", "11.9.8.7", "db.internal", false),
        ("10.0.0.0/8", "::ffff:10.9.8.7", "db.internal", true),
        ("0.0.0.0/0", "::1", "localhost", false),
        ("::/0", "::1", "localhost", true),
        ("[::1]", "::1", "localhost", true),
        ("localhost", "127.0.0.1", "localhost", true),
        ("LocalHost.", "127.0.0.1", "localhost", true),
        ("localhost", "127.0.0.1", "LOCALHOST.", true),
        ("localhost", "127.0.0.1", "localhost.evil.example", false),
        ("localhost", "127.0.0.1", "127.0.0.1", false),
        ("*.svc.local", "10.0.0.1", "a.svc.local", true),
        ("*.svc.local", "10.0.0.1", "a.b.svc.local", true),
        ("*.svc.local", "10.0.0.1", "svc.local", false),
        ("*.svc.local", "10.0.0.1", "asvc.local", false),
        ("*", "169.254.169.254", "anything", true),
    ])
    func `an entry allows what it names`(
        entry: String,
        address: String,
        host: String,
        isAllowed: Bool
    ) throws {
        let list = try HTTPAllowList([entry])
        #expect(list.allows(try #require(IPAddress(address)), of: host) == isAllowed)
        #expect(!HTTPAllowList().allows(try #require(IPAddress(address)), of: host))
    }

    @Test(arguments: [
        "", "10.0.0.0/33", "::/129", "10.0.0.0/-1", "10.0.0.0/", "10.0.0/8", "1.2.3.4.5",
        "http://host", "host:80", "a b", "*.", "a.*.b", "user@host", "/8",
    ])
    func `an entry that names nothing is refused`(entry: String) {
        #expect(throws: HTTPAllowListError.self) { try HTTPAllowList([entry]) }
    }

    @Test func `an objection names the rule, the address and what would allow it`() throws {
        let refusal = NetworkGuard(allowed: HTTPAllowList()).objection(
            to: try #require(IPAddress("169.254.169.254")),
            of: "metadata.internal"
        )
        #expect(
            refusal == """
                connections to link-local addresses are refused, and metadata.internal \
                (169.254.169.254) is one; allow it with PAWL_HTTP_ALLOW=169.254.169.254, or \
                httpAllow of WorldNodesConfiguration
                """
        )
    }
}
