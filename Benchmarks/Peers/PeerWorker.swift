import Foundation

/// A driver's process that works, and says `started` and `done`.
final class PeerWorker {
    private let process: Process
    private let output = Pipe()
    private(set) var said = ""

    init(_ site: PeerSite, steps: Int) throws {
        process = PeerSite.python.process(site.arguments + ["work", "\(steps)"], in: site.site)
        process.standardOutput = output
        try process.run()
    }

    var processID: Int32 { process.processIdentifier }

    /// Reads until a line is `word`.
    func wait(for word: String) throws {
        while !said.split(separator: "\n").contains(Substring(word)) {
            let bytes = output.fileHandleForReading.availableData
            guard !bytes.isEmpty else {
                throw BenchError("a worker ended before it said \"\(word)\"")
            }
            said += String(decoding: bytes, as: UTF8.self)
        }
    }

    /// Ends the process: it is asked to, and killed if it has not ended in ten seconds.
    func end() {
        let deadline = ContinuousClock.now + .seconds(10)
        process.terminate()
        while process.isRunning, .now < deadline { usleep(5_000) }
        if process.isRunning { kill(processID, SIGKILL) }
        process.waitUntilExit()
    }
}
