/// Reads the fields of a cron spec.
struct CronParser {
    private static let abbreviations = [
        "@yearly": "0 0 1 1 *",
        "@annually": "0 0 1 1 *",
        "@monthly": "0 0 1 * *",
        "@weekly": "0 0 * * 0",
        "@daily": "0 0 * * *",
        "@midnight": "0 0 * * *",
        "@hourly": "0 * * * *",
    ]

    private let bytes: [UInt8]
    private var position = 0

    init(_ text: String) throws(CronError) {
        bytes = Array(text.utf8)
        guard bytes.count <= Cron.maximumLength else {
            throw CronError(
                field: nil,
                offset: Cron.maximumLength,
                message: "the text is longer than \(Cron.maximumLength) bytes",
                hint: "split it into several specs"
            )
        }
    }

    mutating func fields() throws(CronError) -> [CronField: CronValues] {
        skipSpace()
        if next == UInt8(ascii: "@") { return try abbreviation() }
        var values: [CronField: CronValues] = [:]
        for field in CronField.allCases {
            skipSpace()
            guard next != nil else {
                throw CronError(
                    field: field,
                    offset: position,
                    message: "the field is missing",
                    hint: Self.order
                )
            }
            values[field] = try list(field)
        }
        skipSpace()
        guard next == nil else {
            throw CronError(
                field: nil,
                offset: position,
                message: "there are more than five fields",
                hint: Self.order
            )
        }
        return values
    }

    private mutating func abbreviation() throws(CronError) -> [CronField: CronValues] {
        let start = position
        let word = takeWhile { $0 != UInt8(ascii: " ") && $0 != UInt8(ascii: "\t") }
        skipSpace()
        guard next == nil, let spec = Self.abbreviations[word.lowercased()] else {
            throw CronError(
                field: nil,
                offset: start,
                message: "unknown abbreviation",
                hint: "allowed: " + Self.abbreviations.keys.sorted().joined(separator: ", ")
            )
        }
        var parser = try CronParser(spec)
        return try parser.fields()
    }

    private mutating func list(_ field: CronField) throws(CronError) -> CronValues {
        var values = CronValues()
        values.isStar = next == UInt8(ascii: "*")
        repeat { try item(field, into: &values) } while take(",")
        guard next == nil || isSpace else { throw unexpected(in: field) }
        if field == .dayOfWeek, values.contains(7) { values.bits = values.bits & 0x7f | 1 }
        return values
    }

    private mutating func item(_ field: CronField, into values: inout CronValues) throws(CronError)
    {
        let start = position
        var low = field.all.lowerBound
        var high = field.all.upperBound
        var isRange = true
        if !take("*") {
            low = try value(field)
            high = low
            isRange = take("-")
            if isRange { high = try value(field) }
        }
        if field == .dayOfWeek, high == 0, low > 0 { high = 7 }  // `fri-sun`
        guard low <= high else {
            throw CronError(
                field: field,
                offset: start,
                message: "the range runs backwards",
                hint: "write two ranges, such as 22-23,0-6"
            )
        }
        var step = 1
        if take("/") {
            step = try self.step(field)
            if !isRange { high = max(low, field.all.upperBound) }
            isRange = true
        }
        if !isRange || low > field.all.lowerBound || high < field.all.upperBound {
            values.isInterval = false
        }
        for value in stride(from: low, through: high, by: step) {
            values.bits |= 1 << UInt64(value)
        }
    }

    private mutating func value(_ field: CronField) throws(CronError) -> Int {
        let start = position
        let word = takeWhile(isLetter)
        if !word.isEmpty {
            let name = word.lowercased()
            let index = field.names.firstIndex { $0 == name || $0.prefix(3) == name }
            guard let index else {
                throw fault(
                    field,
                    "\"\(word)\" is not allowed",
                    allowed: field.allowed,
                    at: start
                )
            }
            return field.bounds.lowerBound + index
        }
        return try number(field, in: field.bounds, allowed: field.allowed)
    }

    private mutating func step(_ field: CronField) throws(CronError) -> Int {
        try number(
            field,
            in: 1...field.all.count,
            allowed: "steps of 1 to \(field.all.count)"
        )
    }

    private mutating func number(
        _ field: CronField,
        in bounds: ClosedRange<Int>,
        allowed: String
    ) throws(CronError) -> Int {
        let start = position
        let digits = takeWhile { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
        guard !digits.isEmpty else { throw unexpected(in: field, allowed: allowed) }
        // What does not fit an integer is out of bounds too.
        guard let number = Int(digits), bounds.contains(number) else {
            throw fault(field, "\(digits) is out of range", allowed: allowed, at: start)
        }
        return number
    }
}

extension CronParser {
    private static let order =
        "a spec has five fields: minute, hour, day of month, month and day of week"

    private var next: UInt8? { position < bytes.count ? bytes[position] : nil }

    private var isSpace: Bool { next == UInt8(ascii: " ") || next == UInt8(ascii: "\t") }

    private func isLetter(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
    }

    private mutating func skipSpace() {
        while isSpace { position += 1 }
    }

    private mutating func take(_ character: Unicode.Scalar) -> Bool {
        guard next == UInt8(ascii: character) else { return false }
        position += 1
        return true
    }

    private mutating func takeWhile(_ belongs: (UInt8) -> Bool) -> String {
        let start = position
        while let byte = next, belongs(byte) { position += 1 }
        return String(decoding: bytes[start..<position], as: UTF8.self)
    }

    private func fault(
        _ field: CronField,
        _ message: String,
        allowed: String,
        at offset: Int
    ) -> CronError {
        CronError(field: field, offset: offset, message: message, hint: "allowed: \(allowed)")
    }

    private func unexpected(in field: CronField, allowed: String? = nil) -> CronError {
        let allowed = allowed ?? "lists of *, \(field.allowed), ranges a-b and steps /n"
        guard let byte = next, !isSpace else {
            return fault(field, "a value is missing", allowed: allowed, at: position)
        }
        let found = (0x20..<0x7f).contains(byte) ? "\"\(Unicode.Scalar(byte))\"" : "byte \(byte)"
        return fault(field, "\(found) is not allowed", allowed: allowed, at: position)
    }
}
