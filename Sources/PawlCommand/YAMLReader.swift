import PawlCore
import Yams

/// A text is not YAML, or not YAML that stands for JSON.
struct YAMLFault: Error, CustomStringConvertible {
    let message: String
    /// The line and the column, from 1 on, if they are known.
    let place: (line: Int, column: Int)?

    /// What is wrong, and where.
    var summary: String {
        message + (place.map { ", at line \($0.line), column \($0.column)" } ?? "")
    }

    var description: String { "cannot read YAML: \(summary)" }
}

/// Reads a YAML document as the JSON that it stands for, by the core schema of YAML 1.2.
///
/// So `yes` and `on` are texts, and so are times; `012` is twelve. Refused are what JSON does not have
/// (infinities, keys that are no scalars), keys that occur twice, other tags than those of the core
/// schema, and `<<`, which YAML 1.2 does not have.
struct YAMLReader {
    /// How deep collections may nest, as in JSON; reading one level costs stack.
    private static let maximumDepth = 512
    /// How many values a document may have once its aliases stand for what they name.
    ///
    /// The largest definition has about a tenth; a few lines can ask for billions.
    private static let maximumValues = 1_000_000
    /// How many bytes of text a document may have by then.
    private static let maximumBytes = 32 << 20

    private var values = 0
    private var bytes = 0

    /// Reads the only document of a text; one that is empty is `null`.
    static func read(_ text: String) throws -> JSON {
        if hasCostlyKeys(text) {
            throw YAMLFault(
                message: "it has aliases, and keys that may be aliases or collections",
                place: nil
            )
        }
        let root: Yams.Node?
        do {
            root = try Parser(yaml: text, resolver: .basic, encoding: .utf8).singleRoot()
        } catch let error as YamlError {
            throw YAMLFault(error)
        }
        var reader = YAMLReader()
        return try root.map { try reader.json($0, depth: 0) } ?? .null
    }

    /// Whether a text has aliases, and keys that might be made of them.
    ///
    /// The parser compares the keys of each mapping, and of those it looks at everything inside; a
    /// few aliases inside one another keep it busy for ever.
    private static func hasCostlyKeys(_ text: String) -> Bool {
        guard text.contains(/(^|[\s\[\{,:])&[\w-]/), text.contains(/(^|[\s\[\{,:])\*[\w-]/) else {
            return false
        }
        return text.contains(/(^|[\s\[\{,])(\*[\w-]+\s*:|\?)/) || text.contains(/[\]\}]\s*:/)
    }

    private mutating func json(_ node: Yams.Node, depth: Int) throws -> JSON {
        guard depth <= Self.maximumDepth else {
            throw YAMLFault("collections nest deeper than \(Self.maximumDepth) levels", at: node)
        }
        try count(node, bytes: 0)
        switch node {
        case .scalar(let scalar): return try value(of: scalar, node)
        case .sequence(let sequence):
            try check(sequence.tag.rawValue, is: "seq", node)
            return .array(try sequence.map { try json($0, depth: depth + 1) })
        case .mapping(let mapping):
            try check(mapping.tag.rawValue, is: "map", node)
            var members: [String: JSON] = [:]
            for (key, value) in mapping {
                guard case .scalar(let name) = key else {
                    throw YAMLFault("a key is not a scalar", at: key)
                }
                if name.style == .plain, name.string == "<<" {
                    throw YAMLFault(
                        "\"<<\" is not part of YAML 1.2: write the members out",
                        at: key
                    )
                }
                try count(key, bytes: name.string.utf8.count)
                let old = members.updateValue(
                    try json(value, depth: depth + 1),
                    forKey: name.string
                )
                if old != nil {
                    throw YAMLFault("the key \"\(name.string)\" occurs twice", at: key)
                }
            }
            return .object(members)
        case .alias: throw YAMLFault("an alias stands for nothing", at: node)
        }
    }

    private mutating func count(_ node: Yams.Node, bytes: Int) throws {
        values += 1
        self.bytes += bytes
        guard values <= Self.maximumValues, self.bytes <= Self.maximumBytes else {
            throw YAMLFault("the document is too large with what its aliases stand for", at: node)
        }
    }

    private mutating func value(of scalar: Yams.Node.Scalar, _ node: Yams.Node) throws -> JSON {
        try count(node, bytes: scalar.string.utf8.count)
        let tag = scalar.tag.rawValue
        if tag.isEmpty {
            guard scalar.style == .plain else { return .string(scalar.string) }
            return try Self.resolve(scalar.string, node) ?? .string(scalar.string)
        }
        switch tag {
        case "!", "tag:yaml.org,2002:str": return .string(scalar.string)
        case "tag:yaml.org,2002:null", "tag:yaml.org,2002:bool", "tag:yaml.org,2002:int",
            "tag:yaml.org,2002:float":
            guard let value = try Self.resolve(scalar.string, node) else {
                throw YAMLFault("\"\(scalar.string)\" is not what its tag says", at: node)
            }
            return value
        default: throw YAMLFault("unknown tag \"\(tag)\"", at: node)
        }
    }

    private func check(_ tag: String, is name: String, _ node: Yams.Node) throws {
        if tag.isEmpty || tag == "!" || tag == "tag:yaml.org,2002:\(name)" { return }
        throw YAMLFault("unknown tag \"\(tag)\"", at: node)
    }

    /// What a plain scalar stands for, if it is not a text.
    private static func resolve(_ text: String, _ node: Yams.Node) throws -> JSON? {
        switch text {
        case "", "~", "null", "Null", "NULL": return .null
        case "true", "True", "TRUE": return true
        case "false", "False", "FALSE": return false
        default: break
        }
        // Most texts are no numbers, and this is much faster than the patterns.
        guard let first = text.utf8.first, "+-.0123456789".utf8.contains(first) else {
            return .none
        }
        if text.wholeMatch(of: /[-+]?[0-9]+/) != nil {
            if let whole = Int64(text) { return .integer(whole) }
            return try number(text, node)
        }
        if let match = text.wholeMatch(of: /0o([0-7]+)/) {
            return Int64(match.1, radix: 8).map(JSON.integer)
        }
        if let match = text.wholeMatch(of: /0x([0-9a-fA-F]+)/) {
            return Int64(match.1, radix: 16).map(JSON.integer)
        }
        if text.wholeMatch(of: /[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?/) != nil {
            return try number(text, node)
        }
        if text.wholeMatch(of: /[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)/) != nil {
            throw YAMLFault("JSON has no \(text)", at: node)
        }
        return .none
    }

    private static func number(_ text: String, _ node: Yams.Node) throws -> JSON {
        guard let number = Double(text), number.isFinite else {
            throw YAMLFault("a number is too large", at: node)
        }
        return .number(number)
    }
}

extension YAMLFault {
    fileprivate init(_ message: String, at node: Yams.Node) {
        self.init(message: message, place: node.mark.map { ($0.line, $0.column) })
    }

    fileprivate init(_ error: YamlError) {
        switch error {
        case .scanner(let context, let problem, let mark, _),
            .parser(let context, let problem, let mark, _),
            .composer(let context, let problem, let mark, _):
            self.init(
                message: (context.map { "\($0.text): " } ?? "") + problem,
                place: (mark.line, mark.column)
            )
        case .duplicatedKeysInMapping(let keys, let context):
            let names = keys.map { "\"\($0)\"" }.joined(separator: ", ")
            self.init(
                message: "the key \(names) occurs twice",
                place: (context.mark.line, context.mark.column)
            )
        case .reader(let problem, let offset, _, let text):
            let before = offset.map { text.prefix($0) }
            let line = before?.count { $0.isNewline }
            let column = before?.reversed().prefix { !$0.isNewline }.count
            let place = line.flatMap { line in column.map { (line + 1, $0 + 1) } }
            self.init(message: problem, place: place)
        default: self.init(message: "\(error)", place: nil)
        }
    }
}
