import Testing

@testable import PawlCore

/// Which zones there are.
struct ZoneTests {
    @Test(arguments: [
        "UTC", "Etc/UTC", "Europe/Berlin", "America/Argentina/Buenos_Aires", "Asia/Katmandu",
        "Etc/GMT+3",
    ])
    func `a zone is found by its name`(name: String) throws {
        #expect(try Zone(named: name).name == name)
    }

    @Test(arguments: [
        "", "Mars/Phobos", "BST", "EST", "PST", "GMT+3", "UTC+2", "utc", "Europe/Berlin ",
        "Europe/Berlin\0", "../../etc/passwd", "/etc/localtime", "localtime", "Europe/",
        String(repeating: "a/", count: 100_000),
    ])
    func `an unknown or ambiguous name is refused with a hint`(name: String) {
        let error = #expect(throws: UnknownZone.self) { try Zone(named: name) }
        #expect(error?.hint.isEmpty == false)
        #expect((error?.description.utf8.count ?? 0) < 256)
    }

    @Test func `a name in the wrong case is corrected`() {
        let error = #expect(throws: UnknownZone.self) { try Zone(named: "europe/berlin") }
        #expect(error?.hint == "the name is spelled Europe/Berlin")
    }
}
