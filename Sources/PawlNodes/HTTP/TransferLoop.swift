import CCurl
import PawlCore
import Synchronization

/// A thread that carries out all transfers of a client, as many at a time as there are.
///
/// libcurl waits for all of them at once; a transfer that is added or cancelled wakes it. So waiting
/// for a slow server holds no thread of the cooperative pool, and giving up takes no time. The thread
/// starts with the first transfer and ends with ``stop()``.
///
/// Safe because the multi handle is used by that thread alone, except for waking it up, which libcurl
/// allows from any thread; and because it is freed when the last reference is gone, which is after
/// the thread has ended.
final class TransferLoop: @unchecked Sendable {
    private enum Order: Sendable {
        case start(Transfer)
        case cancel(Transfer)
    }

    private struct Inbox {
        var orders: [Order] = []
        var isRunning = false
        var isStopped = false
    }

    private let inbox = Mutex(Inbox())
    private let multi: UnsafeMutableRawPointer?

    /// Once per process, before anything else of libcurl.
    private static let isInitialized: Bool = ccurl_initialize() == CURLE_OK

    init() {
        multi = Self.isInitialized ? curl_multi_init() : nil
    }

    deinit { curl_multi_cleanup(multi) }

    /// Carries a transfer out; when the task is cancelled, it is given up at once.
    func perform(_ transfer: Transfer) async -> Transfer.Result {
        guard multi != nil else {
            let fault = Transfer.Result.Fault.failed(
                code: CURLE_FAILED_INIT.rawValue,
                reason: "libcurl cannot be used"
            )
            return Transfer.Result(fault: fault)
        }
        return await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                transfer.continuation = continuation
                post(.start(transfer))
            }
        } onCancel: {
            post(.cancel(transfer))
        }
    }

    /// Lets the thread end when there is nothing left to do.
    func stop() {
        inbox.withLock { $0.isStopped = true }
        curl_multi_wakeup(multi)
    }

    private func post(_ order: Order) {
        let mustStart = inbox.withLock { inbox in
            inbox.orders.append(order)
            defer { inbox.isRunning = true }
            return !inbox.isRunning
        }
        if mustStart {
            // TLS wants some stack, callbacks next to none.
            let isRunning = OwnThread.start(stack: 512 << 10) { self.main() }
            if !isRunning { refuseAll() }
        } else {
            curl_multi_wakeup(multi)
        }
    }

    /// There is no thread: what was ordered fails, and the next order tries again.
    private func refuseAll() {
        let orders = inbox.withLock { inbox in
            defer { inbox.orders = [] }
            inbox.isRunning = false
            return inbox.orders
        }
        for case .start(let transfer) in orders { transfer.end(CURLE_OUT_OF_MEMORY) }
    }

    private func main() {
        /// The transfers under way, by their handles; what keeps them alive.
        var active: [UnsafeMutableRawPointer: Transfer] = [:]
        while true {
            let (orders, isStopped) = inbox.withLock { inbox in
                defer { inbox.orders = [] }
                return (inbox.orders, inbox.isStopped)
            }
            for order in orders { carryOut(order, &active) }
            if isStopped, active.isEmpty, orders.isEmpty { return }
            var running: Int32 = 0
            curl_multi_perform(multi, &running)
            var remaining: Int32 = 0
            while let message = curl_multi_info_read(multi, &remaining) {
                // The message is gone when its handle is removed.
                let (handle, code) = (message.pointee.easy_handle, message.pointee.data.result)
                guard message.pointee.msg == CURLMSG_DONE, let handle else { continue }
                curl_multi_remove_handle(multi, handle)
                active.removeValue(forKey: handle)?.end(code)
            }
            // Wakes by itself when a transfer is due; the limit is for none at all.
            curl_multi_poll(multi, nil, 0, 60_000, nil)
        }
    }

    private func carryOut(
        _ order: Order,
        _ active: inout [UnsafeMutableRawPointer: Transfer]
    ) {
        switch order {
        case .start(let transfer):
            if transfer.isCancelled { return transfer.cancel() }
            let code = curl_multi_add_handle(multi, transfer.handle)
            guard code == CURLM_OK else { return transfer.end(CURLE_FAILED_INIT) }
            active[transfer.handle] = transfer
        case .cancel(let transfer):
            // One that was not started yet belongs to the task that makes it; it is told then.
            transfer.isCancelled = true
            guard active.removeValue(forKey: transfer.handle) != nil else { return }
            curl_multi_remove_handle(multi, transfer.handle)
            transfer.cancel()
        }
    }
}
