import CCurl
import Pawl
import PawlCore

/// Sends requests for nodes, and says of each response whether it is one.
final class HTTPClient: Sendable {
    private let networkGuard: NetworkGuard
    private let longestRetryAfter: Duration
    private let loop = TransferLoop()

    init(allowed: HTTPAllowList, longestRetryAfter: Duration) {
        networkGuard = NetworkGuard(allowed: allowed)
        self.longestRetryAfter = longestRetryAfter
    }

    deinit { loop.stop() }

    /// Sends a request, follows redirects, and returns the response if its status is expected.
    ///
    /// - Throws: ``Failure`` or ``HandlerError``, which say whether to try again; `CancellationError`.
    func send(_ request: HTTPRequest) async throws -> HTTPResponse {
        let deadline = ContinuousClock.now + request.timeout
        var hop = request
        for followed in 0... {
            let time = ContinuousClock.now.duration(to: deadline)
            guard time > .zero else { throw timeout(of: request) }
            let transfer = try Transfer(hop, time: time, networkGuard: networkGuard)
            let result = await loop.perform(transfer)
            if let next = try redirect(hop, result) {
                guard followed < request.redirects else {
                    throw HandlerError.permanent(
                        "\(request.title): more than \(request.redirects) redirects"
                    )
                }
                hop = next
            } else {
                return try judged(result, of: hop, for: request)
            }
        }
        throw timeout(of: request)
    }

    /// The request that a response redirects to, if it does.
    ///
    /// A status that is expected is an answer and no redirect. Headers of the config go to where the
    /// config sends them: to another origin only those go along that say nothing about the sender.
    private func redirect(
        _ request: HTTPRequest,
        _ result: Transfer.Result
    ) throws(Failure) -> HTTPRequest? {
        guard result.fault == nil || result.fault == .bodyTooLong,
            [301, 302, 303, 307, 308].contains(result.status), !request.expects(result.status),
            request.redirects > 0, let location = result.location
        else { return nil }
        var next = request
        do {
            next.address = try WebAddress(location)
        } catch {
            throw Failure(
                error.code,
                "\(request.title): redirected to where nobody can go: \(error.message)",
                isRetryable: false
            )
        }
        if next.address.origin == request.address.origin {
            next.address = next.address.signed(like: request.address)
        } else {
            next.headers.removeAll { !HTTPRequest.plain.contains($0.name.lowercased()) }
        }
        let becomesGet =
            result.status == 303
            ? request.method != "HEAD"
            : result.status < 303 && request.method == "POST"
        if becomesGet {
            next.method = "GET"
            next.body = nil
            next.headers.removeAll { $0.name.lowercased() == "content-type" }
        }
        return next
    }

    private func judged(
        _ result: Transfer.Result,
        of hop: HTTPRequest,
        for request: HTTPRequest
    ) throws -> HTTPResponse {
        let title = hop.title
        switch result.fault {
        case nil:
            break
        case .cancelled:
            throw CancellationError()
        case .refused(let objection):
            throw HandlerError.permanent("\(title): \(objection)")
        case .headersTooLong:
            throw HandlerError.permanent("\(title): the headers of the response are too long")
        case .bodyTooLong:
            guard request.expects(result.status) else { break }
            throw HandlerError.permanent(
                "\(title): the response has more than \(request.bodyUse.limit) bytes; "
                    + "config \"max_response\" says how many it may have, "
                    + "up to \(HTTPRequest.largestBody)"
            )
        case .failed(CURLE_OPERATION_TIMEDOUT.rawValue, _):
            throw timeout(of: request)
        case .failed(let code, let reason):
            throw Failure(
                .execution,
                "\(title): \(reason)",
                isRetryable: !Self.lasting.contains(code)
            )
        }
        guard request.expects(result.status) else {
            throw refusal(of: result, title: title, request: request)
        }
        return HTTPResponse(status: result.status, headers: result.headers, body: result.body)
    }

    /// What another attempt meets again.
    private static let lasting = Set(
        [
            CURLE_UNSUPPORTED_PROTOCOL, CURLE_URL_MALFORMAT, CURLE_NOT_BUILT_IN,
            CURLE_PEER_FAILED_VERIFICATION, CURLE_SSL_CACERT_BADFILE, CURLE_SSL_CERTPROBLEM,
            CURLE_BAD_CONTENT_ENCODING,
        ].map(\.rawValue)
    )

    private func timeout(of request: HTTPRequest) -> Failure {
        Failure(.timeout, "\(request.title) took longer than \(request.timeout.text)")
    }

    /// The failure that an unexpected status stands for.
    private func refusal(
        of result: Transfer.Result,
        title: String,
        request: HTTPRequest
    ) -> any Error {
        let expected = request.expected.map { range in
            range.count == 1 ? "\(range.lowerBound)" : "\(range.lowerBound)-\(range.upperBound)"
        }
        var message =
            "\(title): status \(result.status), expected \(expected.joined(separator: ", "))"
        let excerpt = result.body.excerpt(without: request.secrets)
        if !excerpt.isEmpty { message += ": \(excerpt)" }
        switch result.status {
        case 408, 425, 429, 500...599:
            guard let delay = result.retryAfter else { return Failure(.execution, message) }
            return HandlerError.retry(after: min(delay, longestRetryAfter), message)
        default:
            return HandlerError.permanent(message)
        }
    }
}
