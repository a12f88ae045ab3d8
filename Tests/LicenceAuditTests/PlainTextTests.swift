import Testing

@testable import LicenceText

struct PlainTextTests {
    @Test(arguments: [
        " * Permission\n * to  USE", "# permission\r\n#\tto use", "dnl permission to use",
        "\"Permission\" to use",
        " Permission\n .\n to use",
    ])
    func `layout, case and comment signs make no difference`(text: String) {
        #expect(PlainText(text.utf8).contains("permission to use"))
    }

    @Test func `licence is spelled in two ways`() {
        #expect(PlainText("the Artistic Licence".utf8).contains("artistic license"))
    }

    @Test func `a zero does not end the text`() {
        #expect(PlainText("permission\0to use".utf8).contains("permission to use"))
    }

    @Test func `what stands around a phrase is cut at both ends of the text`() {
        let found = PlainText("a b a".utf8).surroundings(of: "a", before: 10, after: 2)
        #expect(found.map(\.before) == ["", "a b "])
        #expect(found.map(\.after) == [" b", ""])
    }
}
