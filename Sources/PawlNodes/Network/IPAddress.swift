import CCurl
import Glibc

/// The address of a machine, as connections have it.
struct IPAddress: Hashable, Sendable {
    enum Family: Hashable, Sendable {
        case v4
        case v6

        var width: Int { self == .v4 ? 32 : 128 }
    }

    let family: Family
    /// The address as a number: of IPv4 the lower 32 bits.
    let bits: UInt128

    init(_ family: Family, _ bits: UInt128) {
        self.family = family
        self.bits = bits
    }

    /// Reads an address as people write it; IPv6 also in brackets, as in URLs.
    init?(_ text: some StringProtocol) {
        let isBracketed = text.hasPrefix("[") && text.hasSuffix("]")
        let text = isBracketed ? String(text.dropFirst().dropLast()) : String(text)
        guard !text.utf8.contains(0) else { return nil }
        var v4 = in_addr()
        var v6 = in6_addr()
        if !isBracketed, inet_pton(AF_INET, text, &v4) == 1 {
            self.init(v4)
        } else if inet_pton(AF_INET6, text, &v6) == 1 {
            self.init(v6)
        } else {
            return nil
        }
    }

    /// Takes the address out of what a socket is connected to; `nil` if it is none of the internet's.
    init?(_ address: UnsafePointer<sockaddr>) {
        let raw = UnsafeRawPointer(address)
        switch Int32(address.pointee.sa_family) {
        case AF_INET: self.init(raw.loadUnaligned(as: sockaddr_in.self).sin_addr)
        case AF_INET6: self.init(raw.loadUnaligned(as: sockaddr_in6.self).sin6_addr)
        default: return nil
        }
    }

    private init(_ address: in_addr) {
        self.init(.v4, UInt128(UInt32(bigEndian: address.s_addr)))
    }

    private init(_ address: in6_addr) {
        let bits = withUnsafeBytes(of: address) { bytes in
            bytes.reduce(into: UInt128(0)) { bits, byte in bits = bits << 8 | UInt128(byte) }
        }
        self.init(.v6, bits)
    }

    /// The IPv4 address that packets to this one end at, if it is a way of writing one.
    var embedded: IPAddress? {
        guard family == .v6 else { return nil }
        let lower = bits & 0xffff_ffff
        if NetworkBlock.mapped.contains(self) || NetworkBlock.translated.contains(self) {
            return IPAddress(.v4, lower)
        }
        if NetworkBlock.sixToFour.contains(self) {
            return IPAddress(.v4, (bits >> 80) & 0xffff_ffff)
        }
        return nil
    }
}

extension IPAddress: CustomStringConvertible {
    /// The address as people write it.
    var description: String {
        if family == .v4 {
            return (0..<4).map { String(UInt8(truncatingIfNeeded: bits >> (24 - 8 * $0))) }
                .joined(separator: ".")
        }
        var address = in6_addr()
        withUnsafeMutableBytes(of: &address) { bytes in
            for index in 0..<16 {
                bytes[index] = UInt8(truncatingIfNeeded: bits >> (120 - 8 * index))
            }
        }
        var text = [CChar](repeating: 0, count: Int(INET6_ADDRSTRLEN))
        inet_ntop(AF_INET6, &address, &text, socklen_t(text.count))
        return text.withUnsafeBufferPointer { text in
            text.baseAddress.map { String(cString: $0) } ?? ""
        }
    }
}
