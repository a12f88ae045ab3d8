/// Goes through the bytes of a spec.
struct SpecScanner {
    let bytes: [UInt8]
    private(set) var position = 0

    init(_ text: String) {
        bytes = Array(text.utf8)
    }

    var next: UInt8? { position < bytes.count ? bytes[position] : nil }

    var isSpace: Bool { Self.isSpace(next) }

    /// Whether a word ends here: at a space or at the end.
    var isWordEnd: Bool { next == nil || isSpace }

    /// How many words there are in all of the text.
    var words: Int {
        var words = 0
        var last: UInt8?
        for byte in bytes {
            if Self.isSpace(last) || last == nil, !Self.isSpace(byte) { words += 1 }
            last = byte
        }
        return words
    }

    /// What is here, for a message; `nil` at the end of a word.
    var found: String? {
        guard let byte = next, !isSpace else { return nil }
        return (0x20..<0x7f).contains(byte) ? "\"\(Unicode.Scalar(byte))\"" : "byte \(byte)"
    }

    mutating func skipSpace() {
        while isSpace { position += 1 }
    }

    mutating func take(_ character: Unicode.Scalar) -> Bool {
        guard next == UInt8(ascii: character) else { return false }
        position += 1
        return true
    }

    /// Takes a letter in either case, given in lower case.
    mutating func takeLetter(_ letter: Unicode.Scalar) -> Bool {
        guard let byte = next, byte | 0x20 == UInt8(ascii: letter) else { return false }
        position += 1
        return true
    }

    mutating func takeWhile(_ belongs: (UInt8) -> Bool) -> String {
        let start = position
        while let byte = next, belongs(byte) { position += 1 }
        return String(decoding: bytes[start..<position], as: UTF8.self)
    }

    mutating func takeDigits() -> String { takeWhile(Self.isDigit) }

    mutating func takeLetters() -> String {
        takeWhile { (UInt8(ascii: "a")...UInt8(ascii: "z")).contains($0 | 0x20) }
    }

    /// Takes exactly so many digits.
    mutating func takeNumber(digits count: Int) -> Int? {
        var number = 0
        for offset in 0..<count {
            guard position + offset < bytes.count, Self.isDigit(bytes[position + offset]) else {
                return nil
            }
            number = number * 10 + Int(bytes[position + offset] - UInt8(ascii: "0"))
        }
        position += count
        return number
    }

    /// Gives the last byte back.
    mutating func stepBack() {
        position -= 1
    }

    private static func isSpace(_ byte: UInt8?) -> Bool {
        byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t")
    }

    private static func isDigit(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
    }
}
