import FoundationEssentials
import PawlCore

/// A program to run, as the config of a node asks for it.
struct CommandRequest: Sendable {
    /// How standard output is read.
    enum Parse: String, Sendable, CaseIterable {
        case text
        case json
        case lines
    }

    let program: String
    let arguments: [String]
    var directory: String?
    var variables: [(name: String, value: String)]
    var input: [UInt8]?
    var timeout = Duration.seconds(3_600)
    /// Bytes that are kept of each stream.
    var limit = 64 << 10
    var expected: Set<Int> = [0]
    var parse = Parse.text

    init(_ config: NodeConfig) throws(Failure) {
        try config.allowOnly([
            "argv", "cwd", "env", "stdin", "timeout", "max_output", "expect_exit", "parse",
        ])
        guard let words = try config.strings("argv"), let program = words.first, !program.isEmpty
        else { throw config.fault("argv", "has to be a list of a program and its arguments") }
        guard words.allSatisfy({ !$0.utf8.contains(0) }) else {
            throw config.fault("argv", "has a NUL character, which no argument can have")
        }
        self.program = program
        arguments = Array(words.dropFirst())
        directory = try config.string("cwd")
        if let directory, !directory.hasPrefix("/") || directory.utf8.contains(0) {
            throw config.fault("cwd", "has to be an absolute path")
        }
        variables = try Self.variables(config)
        input = config["stdin"].map { $0.stringValue.map { Array($0.utf8) } ?? $0.serialized() }
        if let timeout = try config.duration("timeout") { self.timeout = timeout }
        if let limit = try config.integer("max_output", 1...(1 << 20)) { self.limit = limit }
        if let expected = try Self.exits(config) { self.expected = expected }
        if let name = try config.string("parse") {
            guard let parse = Parse(rawValue: name) else {
                throw config.fault("parse", "is none of text, json, lines")
            }
            self.parse = parse
        }
    }

    private static func variables(
        _ config: NodeConfig
    ) throws(Failure) -> [(name: String, value: String)] {
        let variables = try config.texts("env")
        for (name, value) in variables {
            guard let first = name.utf8.first, !(0x30...0x39).contains(first),
                !name.utf8.contains(where: { $0 == UInt8(ascii: "=") || $0 == 0 }),
                !value.utf8.contains(0)
            else { throw config.fault("env", "has what no environment variable can be") }
            // They load code into a program that is allowed, which makes it another one.
            guard !name.hasPrefix("LD_"), !name.hasPrefix("DYLD_") else {
                throw config.fault("env.\(name)", "is refused: it would change the program")
            }
        }
        return variables
    }

    private static func exits(_ config: NodeConfig) throws(Failure) -> Set<Int>? {
        guard let value = config["expect_exit"] else { return nil }
        let codes = (value.arrayValue ?? [value]).map(\.intValue)
        guard !codes.isEmpty, codes.allSatisfy({ $0.map((0...255).contains) ?? false }) else {
            throw config.fault("expect_exit", "has to be a list of numbers from 0 to 255")
        }
        return Set(codes.compactMap(\.self))
    }
}
