import Foundation
import PawlCore
import Testing

/// A conformance case: a graph, scripted handlers, what is done with them, and what was observed.
struct GraphCase: Sendable, CustomTestStringConvertible {
    /// What our engine should do with what was observed.
    enum Adoption: String, Sendable {
        /// The same.
        case conform
        /// The same, but for what the case recommends.
        case conformExcept = "conform-except"
        /// Something better, which the case recommends.
        case deviate
    }

    let name: String
    let kind: String
    let adoption: Adoption
    let json: JSON

    var graph: JSON { json["graph"] ?? [:] }
    var nodes: [JSON] { graph["nodes"]?.arrayValue ?? [] }
    var edges: [JSON] { graph["edges"]?.arrayValue ?? [] }
    var trigger: JSON { json["trigger"] ?? .null }
    var handlers: JSON { json["handlers"] ?? [:] }
    var ops: [JSON] { json["ops"]?.arrayValue ?? [] }
    var trace: [JSON] { json["expected"]?["trace"]?.arrayValue ?? [] }
    var testDescription: String { name }

    init(file: URL) throws {
        json = try JSON(parsing: Array(Data(contentsOf: file)))
        name = json["name"]?.stringValue ?? file.lastPathComponent
        kind = json["kind"]?.stringValue ?? ""
        guard let adoption = Adoption(rawValue: json["adopt"]?.stringValue ?? "") else {
            throw Malformed(file: file.lastPathComponent, what: "\"adopt\" is unknown")
        }
        self.adoption = adoption
    }

    struct Malformed: Error {
        let file: String
        let what: String
    }

    /// The cases of the folder that `PAWL_GRAPH_CASES` names, or of our own, by kind.
    static func all(_ kinds: String...) -> [GraphCase] {
        let own = URL(filePath: #filePath).deletingLastPathComponent()
            .appending(path: "../../GraphCases").standardized
        let named = ProcessInfo.processInfo.environment["PAWL_GRAPH_CASES"]
        let folder = named.map { URL(filePath: $0) } ?? own
        do {
            let files = try FileManager.default.contentsOfDirectory(
                at: folder,
                includingPropertiesForKeys: nil
            )
            return try files.filter { $0.pathExtension == "json" }
                .sorted { $0.lastPathComponent < $1.lastPathComponent }
                .map(GraphCase.init(file:))
                .filter { kinds.isEmpty || kinds.contains($0.kind) }
        } catch {
            fatalError("could not read the graph cases in \(folder.path): \(error)")
        }
    }
}
