import Foundation

/// What processes have used of the processors, in seconds, from `/proc`.
enum ProcessorTime {
    /// The time of a process, without its children.
    static func of(_ process: Int32) throws -> Double { try Entry(process).own }

    /// The time of a process, of its living children, and of those that have ended.
    static func ofFamily(_ process: Int32) throws -> Double {
        while true {
            let head = try Entry(process)
            var sum = head.own + head.endedChildren
            for name in try FileManager.default.contentsOfDirectory(atPath: "/proc") {
                guard let number = Int32(name), let entry = try? Entry(number) else { continue }
                if entry.parent == process { sum += entry.own + entry.endedChildren }
            }
            // One that ended meanwhile may be in neither sum.
            if try Entry(process).endedChildren == head.endedChildren { return sum }
        }
    }

    static func parent(of process: Int32) throws -> Int32 { try Entry(process).parent }

    private struct Entry {
        let parent: Int32
        let own: Double
        let endedChildren: Double

        init(_ process: Int32) throws {
            let text = try String(contentsOfFile: "/proc/\(process)/stat", encoding: .utf8)
            // The second field is a name in parentheses, which may hold anything.
            guard let end = text.lastIndex(of: ")") else {
                throw BenchError("cannot read /proc/\(process)/stat")
            }
            let fields = text[text.index(after: end)...].split(separator: " ")
            let tick = Double(sysconf(Int32(_SC_CLK_TCK)))
            func seconds(_ place: Int) -> Double { (Double(fields[place]) ?? 0) / tick }
            parent = Int32(fields[1]) ?? 0
            own = seconds(11) + seconds(12)
            endedChildren = seconds(13) + seconds(14)
        }
    }
}
