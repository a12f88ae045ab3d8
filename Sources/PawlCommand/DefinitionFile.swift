import PawlCore

/// A file with a definition, in JSON or YAML.
struct DefinitionFile {
    let path: String

    /// What the file holds, in whichever form its definition is.
    ///
    /// The ending of the name says whether it is JSON or YAML; without one of the two what begins
    /// like a JSON object or list is JSON.
    func json() throws -> JSON {
        let bytes = try TextFile.read(path)
        do {
            return try Self.parse(bytes, isYAML: isYAML(bytes))
        } catch let error as JSONError {
            let before = bytes.prefix(error.offset)
            let line = before.count { $0 == UInt8(ascii: "\n") } + 1
            let column = error.offset - (before.lastIndex(of: UInt8(ascii: "\n")) ?? -1)
            throw Complaint(
                "\(path) is not JSON: \(error.message), at line \(line), column \(column)"
            )
        } catch let fault as YAMLFault {
            throw Complaint("\(path) is not YAML: \(fault.summary)")
        }
    }

    private func isYAML(_ bytes: [UInt8]) -> Bool {
        if path.hasSuffix(".json") { return false }
        if path.hasSuffix(".yaml") || path.hasSuffix(".yml") { return true }
        let space = Set("\t\n\r ".utf8)
        let first = bytes.first { !space.contains($0) }
        return first != UInt8(ascii: "{") && first != UInt8(ascii: "[")
    }

    private static func parse(_ bytes: [UInt8], isYAML: Bool) throws -> JSON {
        guard isYAML else { return try JSON(parsing: bytes) }
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw YAMLFault(message: "it is not text in UTF-8", place: nil)
        }
        return try YAMLReader.read(text)
    }

    /// What is to be said of the definition in the file.
    func report(name: String?) throws -> Definition.Report {
        Definition.check(try json(), name: name)
    }

    /// The definition in the file; warnings are written to standard error.
    func definition(name: String?) throws -> Definition {
        let report = try report(name: name)
        for warning in report.warnings {
            Output.note("\(path): \(Paint.forStandardError("warning:", .yellow)) \(warning)\n")
        }
        guard let definition = report.definition else {
            throw Complaint(
                "\(path): \(report.errors.count.counted("problem", "problems"))",
                detail: report.errors.map { "\n  \($0)" }.joined()
            )
        }
        return definition
    }
}
