/// Reads the fields of a cron spec.
struct CronParser {
    private var scanner: SpecScanner
    private var days = CronDays()

    init(_ scanner: SpecScanner) {
        self.scanner = scanner
    }

    mutating func cron() throws(SpecError) -> Cron {
        var cron = Cron()
        let fields = scanner.words < 6 ? CronField.allCases.dropFirst() : CronField.allCases[...]
        for field in fields {
            scanner.skipSpace()
            guard scanner.next != nil else {
                throw SpecError(
                    field: field.rawValue,
                    offset: scanner.position,
                    message: "the field is missing",
                    hint: Self.order
                )
            }
            let values = try list(field)
            switch field {
            case .second: cron.seconds = values
            case .minute: cron.minutes = values
            case .hour: cron.hours = values
            case .dayOfMonth: days.dates = values
            case .month: cron.months = values
            case .dayOfWeek: days.weekdays = values
            }
        }
        scanner.skipSpace()
        guard scanner.next == nil else {
            throw SpecError(
                field: nil,
                offset: scanner.position,
                message: "there are more than six fields",
                hint: Self.order
            )
        }
        cron.days = days
        return cron
    }

    private mutating func list(_ field: CronField) throws(SpecError) -> CronValues {
        var values = CronValues()
        values.isStar = scanner.next == UInt8(ascii: "*")
        if field.isOfDays, scanner.take("?") {
            values.isStar = true
            for value in field.all { values.bits |= 1 << UInt64(value) }
            guard scanner.isWordEnd else {
                throw fault(
                    field,
                    "? is not alone",
                    allowed: "? without anything else in the field"
                )
            }
            return values
        }
        repeat { try item(field, into: &values) } while scanner.take(",")
        guard scanner.isWordEnd else { throw unexpected(in: field) }
        if field == .dayOfWeek, values.contains(7) { values.bits = values.bits & 0x7f | 1 }
        return values
    }

    private mutating func item(_ field: CronField, into values: inout CronValues) throws(SpecError)
    {
        if field == .dayOfMonth, scanner.takeLetter("l") {
            values.isInterval = false
            try last()
            return
        }
        let start = scanner.position
        var low = field.all.lowerBound
        var high = field.all.upperBound
        var isRange = true
        if !scanner.take("*") {
            low = try value(field)
            if try isSpecial(low, field) {
                values.isInterval = false
                return
            }
            high = low
            isRange = scanner.take("-")
            if isRange { high = try value(field) }
        }
        if field == .dayOfWeek, high == 0, low > 0 { high = 7 }  // `fri-sun`
        guard low <= high else {
            throw SpecError(
                field: field.rawValue,
                offset: start,
                message: "the range runs backwards",
                hint: "write two ranges, such as 22-23,0-6"
            )
        }
        var step = 1
        if scanner.take("/") {
            let count = field.all.count
            step = try number(field, in: 1...count, allowed: "steps of 1 to \(count)")
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

    /// Reads what follows the `L` of a day of the month.
    private mutating func last() throws(SpecError) {
        if scanner.takeLetter("w") {
            days.hasLastWeekday = true
        } else if scanner.take("-") {
            let before = try number(.dayOfMonth, in: 1...30, allowed: "L-1 to L-30")
            days.beforeLast |= 1 << UInt32(before)
        } else {
            days.beforeLast |= 1
        }
    }

    /// Reads what makes more of a value than itself: `15W`, `friL`, `mon#2`.
    private mutating func isSpecial(_ value: Int, _ field: CronField) throws(SpecError) -> Bool {
        switch field {
        case .dayOfMonth where scanner.takeLetter("w"):
            days.nearest |= 1 << UInt32(value)
        case .dayOfWeek where scanner.takeLetter("l"):
            days.last |= 1 << UInt8(value % 7)
        case .dayOfWeek where scanner.take("#"):
            let week = try number(field, in: 1...5, allowed: "#1 to #5")
            days.ordinal |= 1 << UInt64((week - 1) * 7 + value % 7)
        default:
            return false
        }
        return true
    }

    private mutating func value(_ field: CronField) throws(SpecError) -> Int {
        let start = scanner.position
        let word = scanner.takeLetters()
        guard !word.isEmpty else {
            return try number(field, in: field.bounds, allowed: field.allowed)
        }
        if let value = field.value(of: word) { return value }
        if field == .dayOfWeek, word.last == "L" || word.last == "l",
            let value = field.value(of: String(word.dropLast()))
        {
            scanner.stepBack()
            return value
        }
        throw fault(
            field,
            "\"\(word)\" is not allowed",
            allowed: field.allowed + field.special,
            at: start
        )
    }

    private mutating func number(
        _ field: CronField,
        in bounds: ClosedRange<Int>,
        allowed: String
    ) throws(SpecError) -> Int {
        let start = scanner.position
        let digits = scanner.takeDigits()
        guard !digits.isEmpty else { throw unexpected(in: field, allowed: allowed) }
        // What does not fit an integer is out of bounds too.
        guard let number = Int(digits), bounds.contains(number) else {
            throw fault(field, "\(digits) is out of range", allowed: allowed, at: start)
        }
        return number
    }
}

extension CronField {
    /// Returns what a name stands for.
    func value(of word: String) -> Int? {
        let name = word.lowercased()
        let index = names.firstIndex { $0 == name || $0.prefix(3) == name }
        return index.map { bounds.lowerBound + $0 }
    }
}

extension CronParser {
    private static let order =
        "a spec has five fields: minute, hour, day of month, month and day of week; or six, with "
        + "the second before them"

    private func fault(
        _ field: CronField,
        _ message: String,
        allowed: String,
        at offset: Int? = nil
    ) -> SpecError {
        SpecError(
            field: field.rawValue,
            offset: offset ?? scanner.position,
            message: message,
            hint: "allowed: \(allowed)"
        )
    }

    private func unexpected(in field: CronField, allowed: String? = nil) -> SpecError {
        let lists = "lists of *, \(field.allowed), ranges a-b and steps /n\(field.special)"
        let message = scanner.found.map { "\($0) is not allowed" } ?? "a value is missing"
        return fault(field, message, allowed: allowed ?? lists)
    }
}
