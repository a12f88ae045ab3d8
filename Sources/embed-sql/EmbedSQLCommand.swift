import FoundationEssentials

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// `embed-sql OUTPUT FILE…`: writes migration files into a Swift source file.
///
/// Files are named `0001_noun.sql`, with numbers that follow one another from 1. Everything that is
/// wrong is reported in the form that compilers use, and fails the build.
@main
struct EmbedSQLCommand {
    static func main() {
        let arguments = CommandLine.arguments.dropFirst()
        guard let output = arguments.first else {
            print("usage: embed-sql OUTPUT FILE…")
            exit(64)
        }
        var files: [MigrationFile] = []
        var problems = 0
        for path in arguments.dropFirst() {
            do {
                files.append(try MigrationFile(path: path))
            } catch {
                print("\(path):1: error: \(error)")
                problems += 1
            }
        }
        files.sort { ($0.version, $0.path) < ($1.version, $1.path) }
        // A name that cannot be read leaves a gap that is nobody's fault.
        if problems == 0 {
            for (path, problem) in numberingProblems(in: files) {
                print("\(path):1: error: \(problem)")
                problems += 1
            }
        }
        guard problems == 0 else { exit(1) }
        do {
            try Data(source(of: files).utf8).write(to: URL(filePath: output), options: .atomic)
        } catch {
            print("error: could not write \"\(output)\": \(error)")
            exit(1)
        }
    }

    private static func numberingProblems(
        in files: [MigrationFile]
    ) -> [(path: String, problem: String)] {
        var problems: [(path: String, problem: String)] = []
        var last: MigrationFile?
        for file in files {
            if let last, last.version == file.version {
                problems.append(
                    (file.path, "migration \(file.version) is also \"\(last.fileName)\"")
                )
            } else if file.version != (last?.version ?? 0) + 1 {
                problems.append(
                    (file.path, "there is no migration \((last?.version ?? 0) + 1) before this one")
                )
            }
            last = file
        }
        return problems
    }

    private static func source(of files: [MigrationFile]) -> String {
        """
        package enum Migrations {
            package static let all: [Migration] = [
        \(files.map(\.literal).joined(separator: "\n"))
            ]
        }

        """
    }
}
