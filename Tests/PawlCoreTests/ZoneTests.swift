import Foundation
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

    @Test func `in every zone offsets are those of Foundation`() throws {
        var random = SeededGenerator(seed: 9)
        for name in TimeZone.knownTimeZoneIdentifiers where name.contains("/") {
            let zone = try Zone(named: name)
            let timeZone = try #require(TimeZone(identifier: name))
            let stretches = zone.stretches
            var instants = (1..<max(1, stretches.count)).flatMap { index in
                [stretches.start(of: index) - 1, stretches.start(of: index)]
            }
            instants += (0..<200).map { _ in Int64.random(in: Timetable.range, using: &random) }
            let wrong = instants.filter { instant in
                let date = Date(timeIntervalSince1970: Double(instant))
                return zone.offset(at: instant) != Int64(timeZone.secondsFromGMT(for: date))
            }
            #expect(wrong.isEmpty, "\(name)")
        }
    }

    /// What is said of repeated times holds if no time can be shown thrice.
    @Test func `since 1970 no clock was put twice in five days`() throws {
        for name in TimeZone.knownTimeZoneIdentifiers where name.contains("/") {
            let stretches = try Zone(named: name).stretches
            for index in 1..<max(1, stretches.count) where stretches.start(of: index) >= 0 {
                #expect(stretches.end(of: index) - stretches.start(of: index) > 5 * 86_400)
            }
        }
    }
}
