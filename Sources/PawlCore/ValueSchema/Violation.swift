/// One way in which a value does not fit its schema.
package struct Violation: Hashable, Sendable, CustomStringConvertible {
    /// Where it is in the value: `input.items[2].price`.
    package let place: String
    /// What is wrong there, to be read after the place: `is 12, more than the maximum 10`.
    package let message: String

    init(at place: String, _ message: String) {
        self.place = place
        self.message = message
    }

    /// The place and the message as one sentence.
    package var description: String { place.isEmpty ? message : "\(place) \(message)" }
}

extension JSON {
    /// The value for a message: a number or a short text as it is, of anything larger the kind.
    var excerpt: String {
        switch self {
        case .string(let text): text.excerpt
        case .array: "an array"
        case .object: "an object"
        case .null, .bool, .integer, .number: description
        }
    }
}

extension String {
    /// The text for a message, cut after 60 characters: it may be a whole document by mistake.
    var shortened: String { count > 60 ? prefix(60) + "…" : self }

    /// The text in quotes for a message, cut after 40 characters.
    var excerpt: String {
        let scalars = unicodeScalars
        guard
            let end = scalars.index(scalars.startIndex, offsetBy: 40, limitedBy: scalars.endIndex),
            end < scalars.endIndex
        else { return JSON.string(self).description }
        return JSON.string(String(self[..<end]) + "…").description
    }
}

/// A step from a value into a part of it.
enum ValueStep {
    case member(String)
    case item(Int)

    /// The place of a part, written like the paths of conditions as far as its keys allow.
    static func place(_ steps: [ValueStep], from root: String) -> String {
        var place = root
        for step in steps {
            switch step {
            case .item(let index): place += "[\(index)]"
            case .member(let key) where isPlain(key): place += place.isEmpty ? key : ".\(key)"
            case .member(let key): place += "[\(key.excerpt)]"
            }
        }
        return place
    }

    private static func isPlain(_ key: String) -> Bool {
        (1...40).contains(key.utf8.count)
            && key.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"),
                    UInt8(ascii: "$"), UInt8(ascii: "@"):
                    true
                default: false
                }
            }
    }
}
