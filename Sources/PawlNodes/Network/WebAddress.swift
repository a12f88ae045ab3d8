import CCurl
import PawlCore

/// A URL of the web, read by the library that will connect to it.
///
/// Two readers of URLs differ in some corner, and then one checks another host than the other asks.
/// User and password are kept apart, so that they get into no message.
struct WebAddress: Sendable, Hashable {
    /// The URL, without user, password and fragment.
    let text: String
    /// As it is written in URLs: an IPv6 address has brackets.
    let host: String
    /// Scheme, host and port: what messages say, because path and query may hold secrets.
    let origin: String
    let user: String?
    let password: String?

    /// Reads a URL and adds to its query.
    ///
    /// - Throws: ``Failure``, of the text with scheme and host at most.
    init(_ text: String, query: [(name: String, value: String)] = []) throws(Failure) {
        guard let url = curl_url() else {
            throw Failure(.execution, "could not read a URL: no memory is left")
        }
        defer { curl_url_cleanup(url) }
        guard !text.utf8.contains(0), text.utf8.count <= 32_768,
            curl_url_set(url, CURLUPART_URL, text, 0) == CURLUE_OK,
            let scheme = Self.part(CURLUPART_SCHEME, of: url)
        else {
            throw Self.fault(Self.complaint(text))
        }
        guard scheme == "http" || scheme == "https" else {
            throw Self.fault("a url of scheme \"\(scheme)\" is refused; use http or https")
        }
        user = Self.part(CURLUPART_USER, of: url, decoded: true)
        password = Self.part(CURLUPART_PASSWORD, of: url, decoded: true)
        for part in [CURLUPART_USER, CURLUPART_PASSWORD, CURLUPART_OPTIONS, CURLUPART_FRAGMENT] {
            curl_url_set(url, part, nil, 0)
        }
        for (name, value) in query {
            let pair = "\(Self.encoded(name))=\(Self.encoded(value))"
            curl_url_set(url, CURLUPART_QUERY, pair, UInt32(CURLU_APPENDQUERY))
        }
        guard let host = Self.part(CURLUPART_HOST, of: url), !host.isEmpty,
            let clean = Self.part(CURLUPART_URL, of: url)
        else { throw Self.fault("the url names no host") }
        self.text = clean
        self.host = host.lowercased()
        let port = Self.part(CURLUPART_PORT, of: url).flatMap { port in
            port == (scheme == "http" ? "80" : "443") ? nil : ":\(port)"
        }
        origin = "\(scheme)://\(self.host)\(port ?? "")"
    }

    /// The same address, with the user and password of another.
    func signed(like other: WebAddress) -> WebAddress {
        WebAddress(self, user: other.user, password: other.password)
    }

    private init(_ address: WebAddress, user: String?, password: String?) {
        text = address.text
        host = address.host
        origin = address.origin
        self.user = user
        self.password = password
    }

    /// Why a text is no URL.
    ///
    /// It tells what is before the path alone, and not even that where it may hold a password.
    private static func complaint(_ text: String) -> String {
        let hint =
            "write it in full, as in https://example.com/path, and values under \"query\", "
            + "which are encoded for you"
        let schemes = ["https://", "http://"]
        guard let scheme = schemes.first(where: { text.lowercased().hasPrefix($0) }) else {
            return "the url is not a URL: it does not begin with https:// or http://; \(hint)"
        }
        let rest = text.dropFirst(scheme.count)
        let host = rest.prefix { !"/?#\\".contains($0) }
        let shown =
            text.contains("@")
            ? "\(scheme)…" : scheme + host.prefix(100) + (host.count < rest.count ? "/…" : "")
        let control = text.unicodeScalars.first { $0.value < 0x20 || $0.value == 0x7f }
        let fault =
            if text.utf8.count > 32_768 {
                "it is longer than 32768 bytes"
            } else if text.contains(" ") {
                "it has a space"
            } else if control != nil {
                "it has a control character"
            } else if host.isEmpty {
                "it names no host"
            } else {
                "it cannot be read"
            }
        return "the url \(shown) is not a URL: \(fault); \(hint)"
    }

    private static func fault(_ message: String) -> Failure {
        Failure(.validation, message, isRetryable: false)
    }

    private static func part(
        _ part: CURLUPart,
        of url: OpaquePointer,
        decoded: Bool = false
    ) -> String? {
        var text: UnsafeMutablePointer<CChar>?
        let flags = decoded ? UInt32(CURLU_URLDECODE) : 0
        guard curl_url_get(url, part, &text, flags) == CURLUE_OK, let text else { return nil }
        defer { curl_free(text) }
        return String(cString: text)
    }

    private static func encoded(_ text: String) -> String {
        let plain = Set(
            "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~".utf8
        )
        return text.utf8.reduce(into: "") { encoded, byte in
            if plain.contains(byte) {
                encoded.unicodeScalars.append(Unicode.Scalar(byte))
            } else {
                encoded += "%" + (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: true)
            }
        }
    }
}
