import Foundation
import PackagePlugin

/// Embeds the files under `migrations/` of a target as `Migrations.all`.
///
/// The files have to lie inside the target: only then does SwiftPM notice one that was added.
@main
struct EmbedSQL: BuildToolPlugin {
    func createBuildCommands(context: PluginContext, target: any Target) throws -> [Command] {
        guard let target = target as? any SourceModuleTarget else { return [] }
        let files = target.sourceFiles.map(\.url)
            .filter { $0.pathExtension == "sql" }
            .sorted { $0.path < $1.path }
        let migrations = files.filter {
            $0.deletingLastPathComponent().lastPathComponent == "migrations"
        }
        let output = context.pluginWorkDirectoryURL.appending(path: "Migrations.swift")
        return [
            .buildCommand(
                displayName: "Embedding \(migrations.count) migrations",
                executable: try context.tool(named: "embed-sql").url,
                arguments: [output.path] + migrations.map(\.path),
                // `schema.sql` too: SwiftPM would warn of a file that nothing handles.
                inputFiles: files,
                outputFiles: [output]
            )
        ]
    }
}
