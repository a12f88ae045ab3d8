import FoundationEssentials

/// A text is not JSON, or not JSON that can be kept.
public struct JSONError: Error, Hashable, CustomStringConvertible {
    /// What is wrong, without the place.
    public let message: String
    /// The place, in bytes from the start of the text.
    public let offset: Int

    init(_ message: String, at offset: Int) {
        self.message = message
        self.offset = offset
    }

    /// What is wrong, and where.
    public var description: String { "cannot read JSON: \(message), at byte \(offset)" }
}

extension JSON {
    /// Reads a JSON text in UTF-8.
    ///
    /// Of members with the same key the last one stays, as in PostgreSQL's jsonb. A number that is
    /// not a whole number between `Int64.min` and `Int64.max` is rounded to the nearest `Double`.
    /// Refused are numbers beyond the range of `Double`, arrays and objects nested deeper than 512
    /// levels, and `\u` escapes that are no characters.
    public init(parsing bytes: some Sequence<UInt8>) throws(JSONError) {
        var parser = JSONParser(Array(bytes))
        self = try parser.document()
    }

    /// Returns the JSON text in UTF-8: without spaces, keys in the order of their bytes.
    ///
    /// Equal values have equal texts, unless equal strings in them are spelled with other scalars.
    /// A whole number is written like the integer that it equals; infinities and NaN, which JSON
    /// does not have, are written as `null`.
    public func serialized() -> [UInt8] {
        var text: [UInt8] = []
        write(to: &text)
        return text
    }

    private func write(to text: inout [UInt8]) {
        switch self {
        case .null:
            text += "null".utf8
        case .bool(let value):
            text += (value ? "true" : "false").utf8
        case .integer(let value):
            text += String(value).utf8
        case .number(let value):
            if let whole = Int64(exactly: value) {
                text += String(whole).utf8
            } else {
                text += (value.isFinite ? value.description : "null").utf8
            }
        case .string(let value):
            Self.write(value, to: &text)
        case .array(let values):
            text.append(UInt8(ascii: "["))
            for (index, value) in values.enumerated() {
                if index > 0 { text.append(UInt8(ascii: ",")) }
                value.write(to: &text)
            }
            text.append(UInt8(ascii: "]"))
        case .object(let members):
            text.append(UInt8(ascii: "{"))
            let sorted = members.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
            for (index, (key, value)) in sorted.enumerated() {
                if index > 0 { text.append(UInt8(ascii: ",")) }
                Self.write(key, to: &text)
                text.append(UInt8(ascii: ":"))
                value.write(to: &text)
            }
            text.append(UInt8(ascii: "}"))
        }
    }

    private static func write(_ string: String, to text: inout [UInt8]) {
        text.append(UInt8(ascii: "\""))
        for byte in string.utf8 {
            switch byte {
            case UInt8(ascii: "\""): text += #"\""#.utf8
            case UInt8(ascii: "\\"): text += #"\\"#.utf8
            case 0x08: text += #"\b"#.utf8
            case 0x09: text += #"\t"#.utf8
            case 0x0a: text += #"\n"#.utf8
            case 0x0c: text += #"\f"#.utf8
            case 0x0d: text += #"\r"#.utf8
            case 0..<0x20:
                text += (byte < 0x10 ? #"\u000"# : #"\u00"#).utf8
                text += String(byte, radix: 16).utf8
            default: text.append(byte)
            }
        }
        text.append(UInt8(ascii: "\""))
    }
}

extension JSON: CustomStringConvertible {
    /// The JSON text, as ``serialized()`` gives it.
    public var description: String { String(decoding: serialized(), as: UTF8.self) }
}

extension JSON {
    /// Creates what `value` encodes to, with the defaults of Foundation's `JSONEncoder`.
    ///
    /// - Throws: `EncodingError`, also for infinities and NaN.
    public init(encoding value: some Encodable) throws {
        try self.init(parsing: JSONEncoder().encode(value))
    }

    /// Decodes a value of a Swift type, with the defaults of Foundation's `JSONDecoder`.
    ///
    /// - Throws: `DecodingError`
    public func decode<T: Decodable>(as type: T.Type = T.self) throws -> T {
        try JSONDecoder().decode(type, from: Data(serialized()))
    }
}

extension JSON: Codable {
    /// Decodes a value of whichever type the decoder finds.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        // A decoder can only be asked for one type after the other. Numbers come before strings,
        // because a decoder of text formats finds a string everywhere.
        if container.decodeNil() {
            self = .null
        } else if let value = try container.attempt(Bool.self) {
            self = .bool(value)
        } else if let value = try container.attempt(Int64.self) {
            self = .integer(value)
        } else if let value = try container.attempt(Double.self) {
            self = .number(value)
        } else if let value = try container.attempt(String.self) {
            self = .string(value)
        } else if let values = try container.attempt([JSON].self) {
            self = .array(values)
        } else {
            self = .object(try container.decode([String: JSON].self))
        }
    }

    /// Encodes the value itself, without a trace of this type.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        switch self {
        case .null: try container.encodeNil()
        case .bool(let value): try container.encode(value)
        case .integer(let value): try container.encode(value)
        case .number(let value): try container.encode(value)
        case .string(let value): try container.encode(value)
        case .array(let values): try container.encode(values)
        case .object(let members): try container.encode(members)
        }
    }
}

extension SingleValueDecodingContainer {
    /// Decodes a value, or gives `nil` if one of another type is there.
    fileprivate func attempt<T: Decodable>(_ type: T.Type) throws -> T? {
        do {
            return try decode(type)
        } catch DecodingError.typeMismatch {
            return nil
        } catch _ where type == Int64.self {
            // A number with a fraction or too large, for which decoders throw errors of their own.
            return nil
        }
    }
}
