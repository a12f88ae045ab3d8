import CCurl
import Glibc
import PawlCore

/// One request and its response, without redirects, on a handle of libcurl.
///
/// Safe because whoever made it hands it to a ``TransferLoop`` and from then on only the loop's
/// thread touches it, libcurl's calls included; what it came to is a value.
final class Transfer: @unchecked Sendable {
    /// What it came to.
    struct Result: Sendable {
        enum Fault: Hashable, Sendable {
            /// The network guard refused the address; the text says why.
            case refused(String)
            /// The body is longer than it may be; its beginning is there.
            case bodyTooLong
            case headersTooLong
            /// libcurl failed.
            case failed(code: UInt32, reason: String)
            case cancelled
        }

        var status = 0
        var headers: [(name: String, value: String)] = []
        var body: [UInt8] = []
        var fault: Fault?
        /// Where a redirect leads.
        var location: String?
        var retryAfter: Duration?
    }

    let handle: UnsafeMutableRawPointer
    var continuation: CheckedContinuation<Result, Never>?
    var isCancelled = false

    private let request: HTTPRequest
    private let networkGuard: NetworkGuard
    private var list: UnsafeMutablePointer<curl_slist>?
    private var result = Result()
    private var headerBytes = 0
    /// Why an address was refused.
    ///
    /// Another address of the same host may still do.
    private var objection: String?

    /// As much as the headers of a response may have: ten times what honest ones have.
    private static let largestHeaders = 64 << 10

    /// Makes a handle for the request, which has `time` left.
    init(_ request: HTTPRequest, time: Duration, networkGuard: NetworkGuard) throws(Failure) {
        self.request = request
        self.networkGuard = networkGuard
        guard let handle = curl_easy_init() else {
            throw Failure(.execution, "could not start a request: no memory is left")
        }
        self.handle = handle
        let code = configure(time: time)
        guard code == CURLE_OK else {
            // The class is complete, so that deinit frees the handle.
            throw Failure(.execution, "could not start a request: \(Self.text(of: code))")
        }
    }

    deinit {
        curl_easy_cleanup(handle)
        curl_slist_free_all(list)
    }

    private func configure(time: Duration) -> CURLcode {
        let milliseconds = Int(min(max(time / .milliseconds(1), 1), Double(Int32.max)))
        let me = Unmanaged.passUnretained(self).toOpaque()
        var codes = [
            ccurl_set_web_only(handle),
            ccurl_set_quick_exit(handle),
            ccurl_set_text(handle, CURLOPT_URL, request.address.text),
            // A proxy would connect in our place, where nobody asks the guard.
            ccurl_set_text(handle, CURLOPT_PROXY, ""),
            ccurl_set_text(handle, CURLOPT_ACCEPT_ENCODING, ""),
            ccurl_set_text(handle, CURLOPT_USERAGENT, "Pawl"),
            ccurl_set_long(handle, CURLOPT_NOSIGNAL, 1),
            ccurl_set_long(handle, CURLOPT_FOLLOWLOCATION, 0),
            ccurl_set_long(handle, CURLOPT_TIMEOUT_MS, milliseconds),
            ccurl_set_long(handle, CURLOPT_CONNECTTIMEOUT_MS, min(milliseconds, 10_000)),
            ccurl_set_long(handle, CURLOPT_SSLVERSION, Int(CURL_SSLVERSION_TLSv1_2)),
            ccurl_set_pointer(handle, CURLOPT_WRITEDATA, me),
            ccurl_set_receiver(handle, CURLOPT_WRITEFUNCTION, receiveBody),
            ccurl_set_pointer(handle, CURLOPT_HEADERDATA, me),
            ccurl_set_receiver(handle, CURLOPT_HEADERFUNCTION, receiveHeader),
            ccurl_set_pointer(handle, CURLOPT_OPENSOCKETDATA, me),
            ccurl_set_opener(handle, openSocket),
        ]
        if request.address.user != nil || request.address.password != nil {
            codes += [
                ccurl_set_text(handle, CURLOPT_USERNAME, request.address.user ?? ""),
                ccurl_set_text(handle, CURLOPT_PASSWORD, request.address.password ?? ""),
            ]
        }
        codes += setBody()
        codes += setHeaders()
        return codes.first { $0 != CURLE_OK } ?? CURLE_OK
    }

    private func setBody() -> [CURLcode] {
        let takesBody = ["POST", "PUT", "PATCH"].contains(request.method)
        guard request.body != nil || takesBody else {
            return request.method == "HEAD"
                ? [ccurl_set_long(handle, CURLOPT_NOBODY, 1)]
                : [ccurl_set_text(handle, CURLOPT_CUSTOMREQUEST, request.method)]
        }
        // The size comes first: it says how much is to be copied.
        let body = (request.body ?? []).map { CChar(bitPattern: $0) } + [0]
        return [
            ccurl_set_large(handle, CURLOPT_POSTFIELDSIZE_LARGE, curl_off_t(body.count - 1)),
            ccurl_set_text(handle, CURLOPT_COPYPOSTFIELDS, body),
            ccurl_set_text(handle, CURLOPT_CUSTOMREQUEST, request.method),
        ]
    }

    private func setHeaders() -> [CURLcode] {
        var lines = request.headers.map { name, value in
            // To libcurl "Name:" means no such header, and "Name;" one without a value.
            value.allSatisfy(\.isWhitespace) ? "\(name);" : "\(name): \(value)"
        }
        lines.append("Expect:")  // Waiting for leave to send a body costs a second.
        if request.header("Content-Type") == nil { lines.append("Content-Type:") }
        for line in lines {
            guard let longer = curl_slist_append(list, line) else { return [CURLE_OUT_OF_MEMORY] }
            list = longer
        }
        return [ccurl_set_list(handle, CURLOPT_HTTPHEADER, list)]
    }

    /// Gives what it came to, once.
    func end(_ code: CURLcode) {
        guard let continuation else { return }
        self.continuation = nil
        var status = 0
        _ = ccurl_get_long(handle, CURLINFO_RESPONSE_CODE, &status)
        result.status = status
        var location: UnsafeMutablePointer<CChar>?
        _ = ccurl_get_text(handle, CURLINFO_REDIRECT_URL, &location)
        result.location = location.map { String(cString: $0) }
        var seconds: curl_off_t = 0
        _ = ccurl_get_large(handle, CURLINFO_RETRY_AFTER, &seconds)
        if seconds > 0 { result.retryAfter = .seconds(min(seconds, 1 << 31)) }
        if code != CURLE_OK, result.fault == nil {
            if code == CURLE_COULDNT_CONNECT, let objection {
                result.fault = .refused(objection)
            } else {
                result.fault = .failed(code: code.rawValue, reason: reason(of: code))
            }
        }
        continuation.resume(returning: result)
    }

    func cancel() {
        result.fault = .cancelled
        end(CURLE_ABORTED_BY_CALLBACK)
    }

    /// libcurl's own words for the kind of failure: its longer messages may have parts of the URL.
    private func reason(of code: CURLcode) -> String {
        var number = 0
        _ = ccurl_get_long(handle, CURLINFO_OS_ERRNO, &number)
        let isAboutSockets = [
            CURLE_COULDNT_CONNECT, CURLE_SEND_ERROR, CURLE_RECV_ERROR,
        ].contains(code)
        guard isAboutSockets, number > 0, let text = strerror(Int32(truncatingIfNeeded: number))
        else { return Self.text(of: code) }
        return "\(Self.text(of: code)) (\(String(cString: text)))"
    }

    private static func text(of code: CURLcode) -> String {
        String(cString: curl_easy_strerror(code))
    }

    // MARK: libcurl's calls, on the loop's thread

    fileprivate func takeBody(_ bytes: UnsafeRawBufferPointer) -> Bool {
        let room = request.bodyUse.limit - result.body.count
        result.body.append(contentsOf: bytes.prefix(room))
        guard bytes.count > room, case .whole = request.bodyUse else { return true }
        result.fault = .bodyTooLong
        return false
    }

    fileprivate func takeHeader(_ bytes: UnsafeRawBufferPointer) -> Bool {
        headerBytes += bytes.count
        guard headerBytes <= Self.largestHeaders else {
            result.fault = .headersTooLong
            return false
        }
        let line = String(decoding: bytes, as: UTF8.self)
        if line.hasPrefix("HTTP/") {
            result.headers = []  // Those before belong to an interim response.
        } else if let colon = line.firstIndex(of: ":") {
            let value = line[line.index(after: colon)...]
            result.headers.append((line[..<colon].lowercased(), value.trimmed))
        }
        return true
    }

    fileprivate func open(_ address: UnsafePointer<curl_sockaddr>) -> curl_socket_t {
        let target = ccurl_address(address).flatMap { IPAddress($0) }
        guard let target else {
            objection = "connections to addresses that are none of the internet's are refused"
            return CURL_SOCKET_BAD
        }
        if let objection = networkGuard.objection(to: target, of: request.address.host) {
            self.objection = objection
            return CURL_SOCKET_BAD
        }
        // Commands that are started meanwhile do not inherit it.
        let type = address.pointee.socktype | Int32(SOCK_CLOEXEC.rawValue)
        return socket(address.pointee.family, type, address.pointee.protocol)
    }
}

extension Substring {
    fileprivate var trimmed: String {
        var text = self
        while text.first?.isWhitespace == true { text.removeFirst() }
        while text.last?.isWhitespace == true { text.removeLast() }
        return String(text)
    }
}

private func transfer(_ pointer: UnsafeMutableRawPointer?) -> Transfer? {
    pointer.map { Unmanaged<Transfer>.fromOpaque($0).takeUnretainedValue() }
}

private let receiveBody: curl_write_callback = { bytes, size, count, me in
    let bytes = UnsafeRawBufferPointer(start: bytes, count: size * count)
    return transfer(me)?.takeBody(bytes) == true ? bytes.count : 0
}

private let receiveHeader: curl_write_callback = { bytes, size, count, me in
    let bytes = UnsafeRawBufferPointer(start: bytes, count: size * count)
    return transfer(me)?.takeHeader(bytes) == true ? bytes.count : 0
}

private let openSocket: curl_opensocket_callback = { me, purpose, address in
    guard purpose == CURLSOCKTYPE_IPCXN, let address else { return CURL_SOCKET_BAD }
    return transfer(me)?.open(address) ?? CURL_SOCKET_BAD
}
