import PawlCore
import Testing
import Foundation
struct ZTrace {
    @Test func trace() throws {
        guard let g = ProcessInfo.processInfo.environment["GRAPH"].flatMap(UInt64.init), let l = ProcessInfo.processInfo.environment["LUCK"].flatMap(UInt64.init) else { return }
        let d = try RandomGraph.definition(seed: g)
        for n in d.json["nodes"]!.arrayValue! { print(n.description) }
        for n in d.json["edges"]!.arrayValue! { print(n.description) }
        print(d.json["on_error"] ?? "", d.json["on_complete"] ?? "", d.json["on_timeout"] ?? "")
        var luck = Luck(d, seed: l)
        do { try luck.play() } catch { print("!!!", error) }
        for (i, e) in luck.run.events.enumerated() { print(i, e.kind.rawValue, e.step, String(decoding: e.data ?? [], as: UTF8.self).prefix(150)) }
        for t in luck.run.tasks { print("task", t.id, t.parent ?? 0, t.step, t.kind.rawValue, t.phase, t.due, t.claim != nil, t.isPaused) }
        for t in luck.run.scopes { print(t) }
        for t in luck.run.waits { print(t) }
    }
}
