import PawlCore
import Testing

/// What a JSON value is, how its text is read and written, and what is refused.
struct JSONTests {
    @Test(
        arguments: [
            ("null", nil),
            (" true ", true),
            ("false", false),
            ("0", 0),
            ("-0", 0),
            ("-12", -12),
            ("9223372036854775807", .integer(.max)),
            ("-9223372036854775808", .integer(.min)),
            ("9223372036854775808", .number(9_223_372_036_854_775_808)),
            ("12345678901234567890123", 1.234567890123456_8e22),
            ("9007199254740993", .integer(9_007_199_254_740_993)),
            ("2.50", 2.5),
            ("1e2", 100),
            ("1E+2", 100),
            ("25e-1", 2.5),
            ("1e-400", 0),
            ("1.7976931348623157e308", .number(.greatestFiniteMagnitude)),
            ("\"\"", ""),
            (#""a\"\\\/\b\f\n\r\t""#, "a\"\\/\u{8}\u{c}\n\r\t"),
            (#""\u0041\u00e9\u20AC""#, "Aé€"),
            (#""\ud83d\ude00""#, "😀"),
            (#""\u0000""#, "\0"),
            ("\"é€😀\u{7f}\u{2028}\"", "é€😀\u{7f}\u{2028}"),
            ("\"\\r\\n\"", "\r\n"),
            ("[]", []),
            ("[ ]", []),
            ("[1,[2 , \"3\"],{}]", [1, [2, "3"], [:]]),
            ("{}", [:]),
            ("\r\n\t{ \"a\" : { \"b\" : [ null ] } } ", ["a": ["b": [nil]]]),
            (#"{"a":1,"a":2}"#, ["a": 2]),
            (#"{"":0,"\u0061":1}"#, ["": 0, "a": 1]),
        ] as [(String, JSON)]
    )
    func `a text is read`(text: String, value: JSON) throws {
        #expect(try JSON(parsing: text.utf8) == value)
        #expect(try JSON(parsing: value.serialized()) == value)
    }

    @Test(
        arguments: [
            ("", "the text ends where a value is expected", 0),
            ("  ", "the text ends where a value is expected", 2),
            ("x", "found \"x\" where a value is expected", 0),
            ("nul", "found \"n\" where a value is expected", 0),
            ("nulll", "found \"l\" where the end of the text is expected", 4),
            ("NaN", "found \"N\" where a value is expected", 0),
            ("+1", "found \"+\" where a value is expected", 0),
            ("01", "found \"1\" where the end of the text is expected", 1),
            ("-", "the text ends where a digit is expected", 1),
            ("-x", "found \"x\" where a digit is expected", 1),
            ("1.", "the text ends where a digit is expected", 2),
            (".5", "found \".\" where a value is expected", 0),
            ("1e", "the text ends where a digit is expected", 2),
            ("1e+-1", "found \"-\" where a digit is expected", 3),
            ("[1e309]", "a number is too large", 1),
            ("-1e309", "a number is too large", 0),
            ("1 2", "found \"2\" where the end of the text is expected", 2),
            ("[", "the text ends where a value is expected", 1),
            ("[1", "the text ends where \",\" or \"]\" is expected", 2),
            ("[1,]", "found \"]\" where a value is expected", 3),
            ("[1 2]", "found \"2\" where \",\" or \"]\" is expected", 3),
            ("{\"a\":1,}", "found \"}\" where a key in double quotes is expected", 7),
            ("{a:1}", "found \"a\" where a key in double quotes is expected", 1),
            ("{\"a\" 1}", "found \"1\" where \":\" is expected", 5),
            ("{\"a\":1", "the text ends where \",\" or \"}\" is expected", 6),
            ("'a'", "found \"'\" where a value is expected", 0),
            ("// a\n1", "found \"/\" where a value is expected", 0),
            ("\u{feff}1", "found byte 239 where a value is expected", 0),
            ("\"a", "a string does not end", 0),
            ("\"a\\", "the text ends where one of \" \\ / b f n r t u after \"\\\" is expected", 3),
            ("\"\\x\"", "found \"x\" where one of \" \\ / b f n r t u after \"\\\" is expected", 2),
            (
                "\"\\u12g4\"",
                "found \"g\" where four hexadecimal digits after \"\\u\" is expected", 5
            ),
            ("\"\\ud800\"", "a \\u escape is half of a surrogate pair", 1),
            ("\"\\udc00\"", "a \\u escape is half of a surrogate pair", 1),
            ("\"\\ud800\\n\"", "a \\u escape is half of a surrogate pair", 1),
            ("\"\\ud800\\u0041\"", "a \\u escape is half of a surrogate pair", 1),
            ("\"a\nb\"", "a string contains a control character that is not escaped", 2),
        ] as [(String, String, Int)]
    )
    func `what is not JSON is refused with its place`(text: String, message: String, offset: Int) {
        let error = #expect(throws: JSONError.self) { try JSON(parsing: text.utf8) }
        #expect(error?.message == message)
        #expect(error?.offset == offset)
    }

    @Test func `bytes that are not UTF-8 are refused`() {
        for bytes: [UInt8] in [[0xff], [0xc3], [0xed, 0xa0, 0x80], [0xc0, 0x80]] {
            let text = [UInt8(ascii: "\"")] + bytes + [UInt8(ascii: "\"")]
            let error = #expect(throws: JSONError.self) { try JSON(parsing: text) }
            #expect(error?.message == "a string is not valid UTF-8")
        }
        // A byte of a character and an escape must not make a character together.
        let mixed = Array(#""x\u0041""#.utf8).map { $0 == UInt8(ascii: "x") ? 0xc3 : $0 }
        #expect(throws: JSONError.self) { try JSON(parsing: mixed) }
    }

    @Test func `512 levels are read, and no more`() throws {
        func nested(_ levels: Int, _ open: String, _ close: String) -> String {
            String(repeating: open, count: levels) + "1" + String(repeating: close, count: levels)
        }
        let deepest = try JSON(parsing: nested(512, "[", "]").utf8)
        #expect(try JSON(parsing: deepest.serialized()) == deepest)
        _ = try JSON(parsing: nested(512, "{\"a\":", "}").utf8)
        #expect(throws: JSONError.self) { try JSON(parsing: nested(513, "[", "]").utf8) }
        #expect(throws: JSONError.self) { try JSON(parsing: nested(513, "{\"a\":", "}").utf8) }
        #expect(throws: JSONError.self) {
            try JSON(parsing: String(repeating: "[", count: 1_000_000).utf8)
        }
        // Depth is that of nesting: brothers do not add up.
        let brothers = "[" + String(repeating: "[],", count: 5_000) + "[]]"
        #expect(try JSON(parsing: brothers.utf8).arrayValue?.count == 5_001)
    }

    @Test(
        arguments: [
            (nil, "null"),
            (["b": 1, "a": [true, nil, "x"], "B": [:]], #"{"B":{},"a":[true,null,"x"],"b":1}"#),
            (.integer(.max), "9223372036854775807"),
            (5.0, "5"),
            (-0.0, "0"),
            (0.1, "0.1"),
            (1e300, "1e+300"),
            (.number(.infinity), "null"),
            (.number(.nan), "null"),
            ("/\"\\\u{8}\t\n\u{c}\r\0\u{1f}é😀", #""/\"\\\b\t\n\f\r\u0000\u001fé😀""#),
        ] as [(JSON, String)]
    )
    func `a value is written compactly, with sorted keys`(value: JSON, text: String) {
        #expect(value.description == text)
    }

    @Test func `whole numbers are equal and hash alike however they are held`() {
        #expect(JSON.integer(5) == .number(5))
        #expect(JSON.number(5) == .integer(5))
        #expect(Set([JSON.integer(5), .number(5), "5", true, 1]).count == 4)
        #expect(Set([JSON.number(-0.0), 0]).count == 1)
        #expect(JSON.bool(true) != 1)
        #expect(JSON.bool(false) != 0)
        #expect(JSON.null != false)
        #expect(JSON.integer(.max) != .number(9_223_372_036_854_775_808))
        #expect(JSON.integer(9_007_199_254_740_993) != .number(9_007_199_254_740_992))
        #expect([1, ["a": 2.0]] as JSON == [1.0, ["a": 2]])
    }

    @Test func `a value gives its parts, and nil where there are none`() {
        let value: JSON = [
            "name": "ada", "age": 36, "ratio": 0.5, "vip": true, "tags": ["x", nil],
        ]
        #expect(value["name"]?.stringValue == "ada")
        #expect(value["age"]?.intValue == 36)
        #expect(value["age"]?.doubleValue == 36)
        #expect(value["ratio"]?.intValue == nil)
        #expect(value["ratio"]?.doubleValue == 0.5)
        #expect(value["vip"]?.boolValue == true)
        #expect(value["vip"]?.intValue == nil)
        #expect(value["tags"]?[0] == "x")
        #expect(value["tags"]?[1]?.isNull == true)
        #expect(value["tags"]?[2] == nil)
        #expect(value["tags"]?[-1] == nil)
        #expect(value["tags"]?["x"] == nil)
        #expect(value["gone"] == nil)
        #expect(value.objectValue?.count == 5)
        #expect(JSON.number(1e300).intValue == nil)
    }

    @Test func `Swift types go in and come out`() throws {
        struct Order: Codable, Equatable {
            var id: Int64
            var price: Double
            var note: String?
            var extra: JSON
        }
        let extra: JSON = [
            "a": [1, 2.5, nil, true, "x"], "b": .integer(.max), "c": 1e300, "d": [:], "e": [],
        ]
        let order = Order(id: .max, price: 19.95, note: nil, extra: extra)
        let value = try JSON(encoding: order)
        #expect(value == ["id": .integer(.max), "price": 19.95, "extra": extra])
        #expect(try value.decode(as: Order.self) == order)
        #expect(try JSON(encoding: extra) == extra)
        #expect(try extra.decode() == extra)
        #expect(try JSON(encoding: "x") == "x")
        #expect(throws: DecodingError.self) { try value.decode(as: [Int].self) }
        #expect(throws: EncodingError.self) { try JSON(encoding: Double.nan) }
    }

    @Test func `random values survive their text`() throws {
        var random = SeededGenerator(seed: 1)
        for _ in 0..<2_000 {
            let value = JSON.random(depth: 4, using: &random)
            let text = value.serialized()
            let read = try JSON(parsing: text)
            #expect(read == value)
            #expect(read.serialized() == text)
        }
    }

    @Test func `damaged texts never trap, and what is still read can be written`() throws {
        var random = SeededGenerator(seed: 2)
        var read = 0
        for _ in 0..<5_000 {
            var text = JSON.random(depth: 3, using: &random).serialized()
            for _ in 0...Int.random(in: 0..<3, using: &random) {
                let place = Int.random(in: 0..<text.count, using: &random)
                text[place] = .random(in: 0...255, using: &random)
            }
            do {
                let value = try JSON(parsing: text)
                #expect(try JSON(parsing: value.serialized()) == value)
                read += 1
            } catch {
                #expect((0...text.count).contains(error.offset))
            }
        }
        #expect(read > 0)
    }
}

extension JSON {
    fileprivate static func random(depth: Int, using random: inout SeededGenerator) -> JSON {
        switch Int.random(in: 0..<(depth == 0 ? 6 : 8), using: &random) {
        case 0: return .null
        case 1: return .bool(.random(using: &random))
        case 2: return .integer(.random(in: .min ... .max, using: &random))
        case 3: return .integer(.random(in: -10...10, using: &random))
        case 4:
            let number = Double(bitPattern: .random(in: .min ... .max, using: &random))
            return .number(number.isFinite ? number : 0.1)
        case 5: return .string(.random(using: &random))
        case 6:
            let count = Int.random(in: 0..<4, using: &random)
            return .array((0..<count).map { _ in .random(depth: depth - 1, using: &random) })
        default:
            var members: [String: JSON] = [:]
            for _ in 0..<Int.random(in: 0..<4, using: &random) {
                members[.random(using: &random)] = .random(depth: depth - 1, using: &random)
            }
            return .object(members)
        }
    }
}

extension String {
    fileprivate static func random(using random: inout SeededGenerator) -> String {
        let alphabet = Array(
            "ab\"\\/\n\r\t\0\u{1f}\u{7f} é€😀\u{301}\u{2028}\u{ffff}".unicodeScalars
        )
        var string = String.UnicodeScalarView()
        for _ in 0..<Int.random(in: 0..<6, using: &random) {
            string.append(alphabet[Int.random(in: 0..<alphabet.count, using: &random)])
        }
        return String(string)
    }
}
