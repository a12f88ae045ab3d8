import Testing

@testable import LicenceText

struct LicenceExpressionTests {
    private func classOf(_ expression: String) -> LicenceClass {
        LicenceExpression(expression).licenceClass {
            switch $0 {
            case "P", "P with an exception": .permissive
            case "C": .copyleft
            case "X": .proprietary
            default: .unknown
            }
        }
    }

    @Test(arguments: [
        ("P", LicenceClass.permissive), ("P and C", .copyleft), ("P or C", .permissive),
        ("C and/or P", .permissive), ("C AND P OR P", .permissive), ("X or C", .copyleft),
        ("?", .unknown), ("? or C", .copyleft), ("? and P", .unknown), ("", .unknown),
        ("P with an exception or C", .permissive),
    ])
    func `all of "and" is asked, and of "or" the least`(
        expression: String,
        licenceClass: LicenceClass
    ) {
        #expect(classOf(expression) == licenceClass)
    }

    @Test func `a comma binds weaker than "or"`() {
        #expect(classOf("P or C and C") == .permissive)
        #expect(classOf("P or C, and C") == .copyleft)
        #expect(classOf("C, and P, and P or C") == .copyleft)
    }

    @Test func `names keep their spelling and their words`() {
        let expression = LicenceExpression("GPL-2+ with Autoconf exception or Artistic, and  MIT")
        #expect(expression.names == ["GPL-2+ with Autoconf exception", "Artistic", "MIT"])
    }
}
