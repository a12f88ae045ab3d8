/// A JSON number as the decimal that its text spells.
///
/// 0.3 is a multiple of 0.1 as a decimal, and is not in binary.
struct ExactNumber: Hashable, Sendable {
    private let isNegative: Bool
    private let digits: UInt64
    private let exponent: Int

    /// Creates the number of a JSON value, or `nil` if it is none or not finite.
    init?(_ value: JSON) {
        switch value {
        case .integer(let number):
            isNegative = number < 0
            digits = number.magnitude
            exponent = 0
        case .number(let number) where number.isFinite:
            // The description is the shortest text that is read as this number, of 17 digits at most.
            let parts = number.magnitude.description.split(separator: "e")
            let decimals = parts[0].split(separator: ".", omittingEmptySubsequences: false)
            var fraction = decimals.count > 1 ? decimals[1] : ""
            while fraction.last == "0" { fraction.removeLast() }
            guard let digits = UInt64(decimals[0] + fraction),
                let power = parts.count > 1 ? Int(parts[1]) : 0
            else { return nil }
            isNegative = number < 0
            self.digits = digits
            exponent = power - fraction.count
        default: return nil
        }
    }

    /// Whether the number is above zero.
    var isPositive: Bool { !isNegative && digits > 0 }

    /// Whether the number is a whole multiple of one that is above zero.
    func isMultiple(of divisor: ExactNumber) -> Bool {
        guard digits > 0 else { return true }
        let places = exponent - divisor.exponent
        if places >= 0 {
            // digits · 10^places, of which only the remainder counts.
            let modulus = UInt128(divisor.digits)
            var remainder = UInt128(digits) % modulus
            for _ in 0..<places where remainder != 0 { remainder = remainder * 10 % modulus }
            return remainder == 0
        }
        var multiple = UInt128(divisor.digits)
        for _ in 0..<(-places) {
            multiple *= 10
            if multiple > UInt128(digits) { return false }
        }
        return UInt128(digits) % multiple == 0
    }
}

extension JSON {
    /// Whether the first of two numbers is less, compared exactly; `false` for anything else.
    static func isNumber(_ left: JSON, lessThan right: JSON) -> Bool {
        switch (left, right) {
        case (.integer(let left), .integer(let right)): left < right
        case (.number(let left), .number(let right)): left < right
        case (.integer(let left), .number(let right)): order(left, right).map { $0 < 0 } ?? false
        case (.number(let left), .integer(let right)): order(right, left).map { $0 > 0 } ?? false
        default: false
        }
    }

    /// Below, at or above zero, as an integer is below, at or above a number; `nil` if it is none.
    private static func order(_ integer: Int64, _ number: Double) -> Int? {
        guard !number.isNaN else { return nil }
        if number >= 0x1p63 { return -1 }
        if number < -0x1p63 { return 1 }
        let whole = Int64(number.rounded(.down))  // In range, because ±2⁶³ are doubles themselves.
        if integer != whole { return integer < whole ? -1 : 1 }
        return number.rounded(.down) < number ? -1 : 0
    }
}
