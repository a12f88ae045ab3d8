/// The types of JSON values that a schema may ask for, as a set.
struct ValueTypes: OptionSet, Hashable, Sendable {
    let rawValue: UInt8

    init(rawValue: UInt8) {
        self.rawValue = rawValue
    }

    static let null = ValueTypes(rawValue: 1)
    static let boolean = ValueTypes(rawValue: 2)
    static let integer = ValueTypes(rawValue: 4)
    /// A number that has a fraction.
    static let fraction = ValueTypes(rawValue: 8)
    static let number: ValueTypes = [.integer, .fraction]
    static let string = ValueTypes(rawValue: 16)
    static let array = ValueTypes(rawValue: 32)
    static let object = ValueTypes(rawValue: 64)

    /// The names that a schema knows, as messages list them.
    static let names = ["string", "number", "integer", "boolean", "object", "array", "null"]

    /// The types of a name, or `nil` if there is no such name.
    init?(named name: String) {
        switch name {
        case "null": self = .null
        case "boolean": self = .boolean
        case "integer": self = .integer
        case "number": self = .number
        case "string": self = .string
        case "array": self = .array
        case "object": self = .object
        default: return nil
        }
    }

    /// The type of a value.
    init(of value: JSON) {
        switch value {
        case .null: self = .null
        case .bool: self = .boolean
        case .integer: self = .integer
        // Beyond 64 bits, too, a number without a fraction is an integer.
        case .number(let number): self = number == number.rounded() ? .integer : .fraction
        case .string: self = .string
        case .array: self = .array
        case .object: self = .object
        }
    }

    /// The types in words: `a string, a number or null`.
    var words: String {
        var words: [String] = []
        if contains(.string) { words.append("a string") }
        if contains(.number) {
            words.append("a number")
        } else if contains(.integer) {
            words.append("an integer")
        }
        if contains(.boolean) { words.append("true or false") }
        if contains(.object) { words.append("an object") }
        if contains(.array) { words.append("an array") }
        if contains(.null) { words.append("null") }
        guard let last = words.popLast() else { return "anything" }
        return words.isEmpty ? last : words.joined(separator: ", ") + " or " + last
    }
}
