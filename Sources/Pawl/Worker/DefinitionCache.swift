import PawlCore
import PawlStore
import Postgres
import Synchronization

/// Definitions by workflow and version.
///
/// A version never changes, so what was read once stays right.
final class DefinitionCache: Sendable {
    struct Key: Hashable, Sendable {
        let workflow: String
        let version: Int
    }

    private let known = Mutex<[Key: Definition]>([:])

    func definition(of claim: Claim) -> Definition? {
        known.withLock { $0[Key(workflow: claim.workflow, version: claim.version)] }
    }

    /// Reads the definitions of claims that are not known yet.
    ///
    /// - Returns: What could not be read, by workflow and version, and why.
    func load(for claims: [Claim], from pool: Pool) async throws -> [Key: String] {
        var unreadable: [Key: String] = [:]
        let missing = Set(claims.map { Key(workflow: $0.workflow, version: $0.version) })
            .filter { key in known.withLock { $0[key] == nil } }
        for key in missing {
            let text = try await pool.run { session in
                try session.definitionText(of: key.workflow, version: key.version)
            }
            do {
                guard let text else { throw MissingDefinition() }
                let definition = try Definition(json: JSON(parsing: text))
                known.withLock { $0[key] = definition }
            } catch {
                unreadable[key] = "\(error)"
            }
        }
        return unreadable
    }
}

private struct MissingDefinition: Error, CustomStringConvertible {
    var description: String { "it is not in the database" }
}
