import FoundationEssentials

/// A file that an argument names; `-` is standard input.
enum TextFile {
    static func read(_ path: String) throws -> [UInt8] {
        if path == "-" {
            var bytes: [UInt8] = []
            while let line = readLine(strippingNewline: false) { bytes += line.utf8 }
            return bytes
        }
        do {
            return [UInt8](try Data(contentsOf: URL(filePath: path)))
        } catch {
            guard FileManager.default.fileExists(atPath: path) else {
                throw Complaint("there is no file \"\(path)\"", exit: .notFound)
            }
            throw Complaint("could not read \"\(path)\": \(error)")
        }
    }
}
