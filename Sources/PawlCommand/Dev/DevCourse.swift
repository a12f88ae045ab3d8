import Dispatch
import Glibc
import Synchronization

/// The life of a `pawl dev`, from when everything is set up to when all children are gone.
///
///     running ──Ctrl-C, or the command ends──▶ stopping ──patience ends, or Ctrl-C──▶ … ──▶ over
///                                              SIGTERM     SIGTERM again: give steps back
///                                                          SIGKILL
struct DevCourse {
    let server: DevServer?
    let children: DevChildren
    let command: DevCommand?
    let interrupts: Interrupts
    let say: @Sendable (String) -> Void

    private enum Event: Sendable {
        case interrupted(Int32)
        case commandEnded(Result<Int32, any Error>)
        case childrenEnded
        case patienceEnded(stage: Int)
    }

    /// What is sent to children that have not ended, one after the other, and how long they have.
    private static let stages: [(signal: Int32, patience: Duration)] = [
        (SIGTERM, .seconds(10)), (SIGTERM, .seconds(5)), (SIGKILL, .seconds(5)),
    ]

    /// Returns the exit code for the shell.
    func run() async throws -> Int32 {
        let (events, post) = AsyncStream.makeStream(of: Event.self)
        return try await withThrowingTaskGroup { group in
            group.addTask {
                await children.tend()
                post.yield(.childrenEnded)
            }
            if let server { group.addTask { await server.tend() } }
            group.addTask {
                for await signal in interrupts.signals { post.yield(.interrupted(signal)) }
            }
            if let command {
                group.addTask {
                    do {
                        post.yield(.commandEnded(.success(try await command.run())))
                    } catch {
                        post.yield(.commandEnded(.failure(error)))
                    }
                }
            }
            var result = Result<Int32, any Error>.success(0)
            var isCommandRunning = command != nil
            var areChildrenRunning = true
            var interruptions = 0
            var stage: Int?

            func goOn(to next: Int) {
                guard next < Self.stages.count else { return }
                stage = next
                let (signal, patience) = Self.stages[next]
                if next > 0 {
                    say("\(children.names.joined(separator: ", ")) have not ended; insisting")
                }
                children.signal(signal)
                group.addTask {
                    do { try await Task.sleep(for: patience) } catch { return }
                    post.yield(.patienceEnded(stage: next))
                }
            }

            for await event in events {
                switch event {
                case .interrupted(let signal):
                    interruptions += 1
                    if isCommandRunning {
                        forward(signal, interruptions)
                    } else {
                        if stage == nil { say("stopping") }
                        goOn(to: (stage ?? -1) + 1)
                    }
                case .commandEnded(let end):
                    isCommandRunning = false
                    result = end
                    goOn(to: 0)
                case .childrenEnded:
                    areChildrenRunning = false
                case .patienceEnded(let ended):
                    if stage == ended { goOn(to: ended + 1) }
                }
                if stage != nil, !areChildrenRunning { break }
            }
            group.cancelAll()
            return try result.get()
        }
    }

    /// Passes a Unix signal on to the command.
    private func forward(_ signal: Int32, _ count: Int) {
        // Ctrl-C at a terminal has reached the command already: what it does then is up to it.
        if signal == SIGINT, count == 1, isatty(STDIN_FILENO) == 1 { return }
        command?.signal(count < 3 ? (signal == SIGINT && count > 1 ? SIGTERM : signal) : SIGKILL)
    }
}

/// Unix signals as a stream, from the moment on when this is made.
final class Interrupts: Sendable {
    let signals: AsyncStream<Int32>
    private let sources: Mutex<[any DispatchSourceSignal]>

    init(_ numbers: [Int32]) {
        let (signals, yield) = AsyncStream.makeStream(of: Int32.self)
        self.signals = signals
        sources = Mutex(
            numbers.map { number in
                #if canImport(Darwin)
                signal(number, SIG_IGN)
                #endif
                let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
                source.setEventHandler { yield.yield(number) }
                source.activate()
                return source
            }
        )
    }
}
