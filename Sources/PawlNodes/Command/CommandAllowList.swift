import FoundationEssentials

/// The programs that nodes may run.
///
/// Names are looked up along the `PATH` of this process. The `PATH` that a node gives its program
/// does not count, or it would make any program the one that is allowed.
struct CommandAllowList: Sendable {
    /// What a name stands for.
    enum Verdict: Hashable, Sendable {
        case allowed(path: String)
        case missing
        case forbidden
    }

    let entries: [String]
    /// The folders of `PATH`.
    let folders: [String]

    init(_ entries: [String], path: String) {
        self.entries = entries
        folders = path.split(separator: ":").map(String.init).filter { $0.hasPrefix("/") }
    }

    func verdict(on program: String) -> Verdict {
        let isAllowedByName = entries.contains("*") || entries.contains(program)
        let path = find(program)
        if let path, isAllowedByName || entries.contains(where: { find($0) == path }) {
            return .allowed(path: path)
        }
        // Whoever may not run a program is not told whether it is there.
        return isAllowedByName ? .missing : .forbidden
    }

    /// Returns the path of a program, if there is one that can be run.
    private func find(_ program: String) -> String? {
        let isPath = program.contains("/")
        guard !program.isEmpty, !program.utf8.contains(0), !isPath || program.hasPrefix("/") else {
            return nil
        }
        let candidates = isPath ? [program] : folders.map { "\($0)/\(program)" }
        return candidates.first { path in
            var isFolder = false
            return FileManager.default.fileExists(atPath: path, isDirectory: &isFolder)
                && !isFolder && FileManager.default.isExecutableFile(atPath: path)
        }
    }
}
