/// Where a value is: `triage.output.labels[0]`.
///
/// Names are separated by `.`. A list is entered by `[0]`, and a name that has dots or brackets in
/// it is written `["a.b"]` or `['a.b']`. Every text is a path; what looks like neither belongs to a name.
public struct Path: Sendable {
    /// One step of the way.
    public enum Segment: Hashable, Sendable {
        /// To the member of an object; digits also lead to the element of a list.
        case name(String)
        /// To the element of a list, from 0.
        case index(Int)
    }

    /// The steps of the way, in order.
    public let segments: [Segment]
    private let text: String

    /// Reads a path.
    public init(_ text: String) {
        var parser = PathParser(text)
        self.text = text
        segments = parser.path()
    }

    /// Creates a path from its steps.
    public init(_ segments: some Sequence<Segment>) {
        self.segments = Array(segments)
        text = self.segments.reduce(into: "") { text, segment in
            switch segment {
            case .index(let index): text += "[\(index)]"
            case .name(let name):
                let isPlain = !name.isEmpty && !name.utf8.contains { ".[".utf8.contains($0) }
                if isPlain {
                    text += text.isEmpty ? name : "." + name
                } else {
                    text += "[\(JSON.string(name))]"
                }
            }
        }
    }

    /// Returns what the path leads to from a value, or `nil` if it leads nowhere.
    ///
    /// A member that is present with the value `null` gives ``JSON/null``.
    public func value(in json: JSON) -> JSON? {
        var value = json
        for segment in segments {
            guard let next = segment.value(in: value) else { return nil }
            value = next
        }
        return value
    }
}

extension Path.Segment {
    /// What one step leads to.
    package func value(in json: JSON) -> JSON? {
        switch (self, json) {
        case (.index(let index), .array): json[index]
        case (.name(let name), .object(let members)): members[name]
        case (.name, .array): index.flatMap { json[$0] }
        default: nil
        }
    }

    /// The place in a list that it names, if it does.
    var index: Int? {
        switch self {
        case .index(let index): index
        case .name(let name): Int(digits: Array(name.utf8)[...])
        }
    }
}

extension Path: Hashable, CustomStringConvertible, ExpressibleByStringLiteral {
    /// Returns whether two paths take the same steps.
    public static func == (lhs: Path, rhs: Path) -> Bool { lhs.segments == rhs.segments }

    /// Hashes the steps.
    public func hash(into hasher: inout Hasher) { hasher.combine(segments) }

    /// The text that it was read from, or one that reads the same.
    public var description: String { text }

    /// Creates the path that a text is.
    public init(stringLiteral value: String) { self.init(value) }
}

/// Reads a path from its bytes, each once.
private struct PathParser {
    private let bytes: [UInt8]
    private var position = 0

    init(_ text: String) {
        bytes = Array(text.utf8)
    }

    mutating func path() -> [Path.Segment] {
        var segments: [Path.Segment] = []
        while true {
            segments += member()
            guard position < bytes.count else { return segments }
            position += 1  // The dot.
        }
    }

    /// Reads up to the next dot that is not in quotes.
    private mutating func member() -> [Path.Segment] {
        let start = position
        while position < bytes.count, bytes[position] != UInt8(ascii: ".") {
            let end = position
            let suffixes = suffixes()
            if !suffixes.isEmpty {
                let name = bytes[start..<end]
                return (name.isEmpty ? [] : [.name(String(decoding: name, as: UTF8.self))])
                    + suffixes
            }
            if position == end { position += 1 }
        }
        return [.name(String(decoding: bytes[start..<position], as: UTF8.self))]
    }

    /// Reads `[0]["a"]…` if that is all up to a dot or the end.
    ///
    /// Else it stops where that fails, which is where it would fail from any bracket before.
    private mutating func suffixes() -> [Path.Segment] {
        var suffixes: [Path.Segment] = []
        while position < bytes.count, bytes[position] != UInt8(ascii: ".") {
            guard let suffix = suffix() else { return [] }
            suffixes.append(suffix)
        }
        return suffixes
    }

    /// Reads `[0]`, `["a"]` or `['a']`, or nothing.
    private mutating func suffix() -> Path.Segment? {
        let inside = position + 1
        guard bytes[position] == UInt8(ascii: "["), inside < bytes.count else { return nil }
        var end = inside
        let isQuoted = bytes[inside] == UInt8(ascii: "\"")
        if bytes[inside] == UInt8(ascii: "'") {
            guard let close = bytes[(inside + 1)...].firstIndex(of: UInt8(ascii: "'")),
                close + 1 < bytes.count, bytes[close + 1] == UInt8(ascii: "]")
            else { return nil }
            position = close + 2
            return .name(String(decoding: bytes[(inside + 1)..<close], as: UTF8.self))
        }
        if isQuoted {
            end += 1
            while end < bytes.count, bytes[end] != UInt8(ascii: "\"") {
                end += bytes[end] == UInt8(ascii: "\\") ? 2 : 1
            }
            end += 1
        } else {
            while end < bytes.count, isDigit(bytes[end]) { end += 1 }
        }
        guard end < bytes.count, bytes[end] == UInt8(ascii: "]") else { return nil }
        let text = bytes[inside..<end]
        let segment = isQuoted ? name(text) : Int(digits: text).map { .index($0) }
        if segment != nil { position = end + 1 }
        return segment
    }

    /// What is in quotes, if it is a string of JSON.
    private func name(_ text: ArraySlice<UInt8>) -> Path.Segment? {
        do { return try JSON(parsing: text).stringValue.map { .name($0) } } catch { return nil }
    }
}

private func isDigit(_ byte: UInt8) -> Bool {
    (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
}

extension Int {
    /// Reads a number of digits alone, if it fits.
    fileprivate init?(digits: ArraySlice<UInt8>) {
        guard digits.allSatisfy(isDigit) else { return nil }
        self.init(String(decoding: digits, as: UTF8.self))
    }
}
