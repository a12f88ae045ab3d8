import Foundation
import Testing

@testable import PawlCore

/// What a timetable says beside what somebody sees who looks at the clock all the time.
struct TimetablePropertyTests {
    /// The years in which zones are looked at.
    private static let years = seconds("2000-01-01")..<seconds("2041-01-01")

    /// Zones that have other clocks than those before them in the list.
    private static let zones: [Zone] = {
        var seen: Set<[Int64]> = []
        return TimeZone.knownTimeZoneIdentifiers.sorted().compactMap { name in
            guard name.contains("/"), let zone = try? Zone(named: name) else { return nil }
            let stretches = zone.stretches
            let clocks = (0..<stretches.count).flatMap { index -> [Int64] in
                guard stretches.end(of: index) > years.lowerBound,
                    stretches.start(of: index) < years.upperBound
                else { return [] }
                return [max(stretches.start(of: index), 0), stretches.offset(of: index)]
            }
            return seen.insert(clocks).inserted ? zone : nil
        }
    }()

    @Test(arguments: 0..<4)
    func `around changes of every zone ticks are those of a walk`(part: Int) throws {
        var random = SeededGenerator(seed: UInt64(part))
        #expect(Self.zones.count > 100)
        for (place, zone) in Self.zones.enumerated() where place % 4 == part {
            let changes = (0..<zone.stretches.count).map(zone.stretches.start(of:))
                .filter(Self.years.contains)
            let chosen =
                changes.isEmpty
                ? [.random(in: Self.years, using: &random)]
                : (0..<3).compactMap { _ in changes.randomElement(using: &random) }
            for change in chosen {
                // Some clocks were put a minute after midnight.
                let grain: Int64 = change % 300 == 0 ? 300 : 60
                let middle = change / grain * grain
                let walk = try Walk(
                    from: middle - 86_400,
                    to: middle + 86_400,
                    grain: Int(grain),
                    in: zone.name
                )
                for _ in 0..<4 {
                    check(RandomSpec(grain: Int(grain), using: &random), walk, zone, &random)
                }
            }
        }
    }

    @Test(
        arguments: [
            ("Australia/Lord_Howe", "2024-01-01", "2031-01-01"),
            ("Asia/Kathmandu", "2024-01-01", "2026-01-01"),
            ("Africa/Casablanca", "2020-01-01", "2030-01-01"),
            ("America/Sao_Paulo", "2010-01-01", "2020-01-01"),
            ("Pacific/Apia", "2008-01-01", "2014-01-01"),
            ("Europe/Dublin", "2024-01-01", "2031-01-01"),
            ("America/Scoresbysund", "2022-01-01", "2026-01-01"),
        ]
    )
    func `through years ticks are those of a walk`(
        name: String,
        from: String,
        to: String
    ) throws {
        let zone = try Zone(named: name)
        var random = SeededGenerator(seed: 7)
        let (start, end) = (Self.seconds(from), Self.seconds(to))
        let walk = try Walk(from: start, to: end, grain: 900, in: name)
        for _ in 0..<5 { check(RandomSpec(grain: 900, using: &random), walk, zone, &random) }
    }

    @Test(
        arguments: [
            ("Europe/Berlin", "2026-03-29", 1), ("Europe/Berlin", "2026-10-25", 1),
            ("Australia/Lord_Howe", "2026-04-04", 15), ("Pacific/Apia", "2011-12-30", 10),
            ("America/St_Johns", "2009-11-01", 3),
        ] as [(String, String, Int64)]
    )
    func `second by second ticks are those of a walk`(
        name: String,
        date: String,
        hour: Int64
    ) throws {
        let zone = try Zone(named: name)
        var random = SeededGenerator(seed: 8)
        let middle = Self.seconds(date) + hour * 3_600
        let walk = try Walk(
            from: middle - 5_400,
            to: middle + 5_400,
            grain: 1,
            margin: 7_200,
            in: name
        )
        for _ in 0..<12 { check(RandomSpec(grain: 1, using: &random), walk, zone, &random) }
    }

    /// Compares with the walk: each tick in order, and at random instants the next and the latest.
    private func check(
        _ spec: RandomSpec,
        _ walk: Walk,
        _ zone: Zone,
        _ random: inout SeededGenerator
    ) {
        for missing in MissingTime.allCases {
            for repeated in RepeatedTime.allCases {
                // To an interval policies are nothing; each of them is tried once in a while.
                if spec.isInterval, Int.random(in: 0..<4, using: &random) > 0 { continue }
                check(spec, missing, repeated, walk, zone, &random)
            }
        }
    }

    private func check(
        _ spec: RandomSpec,
        _ missing: MissingTime,
        _ repeated: RepeatedTime,
        _ walk: Walk,
        _ zone: Zone,
        _ random: inout SeededGenerator
    ) {
        let text = TimetableText(
            spec: spec.text,
            zone: zone.name,
            missing: missing,
            repeated: repeated,
            only: spec.only,
            except: spec.except
        )
        let timetable: Timetable
        do {
            timetable = try Timetable(reading: text)
        } catch {
            Issue.record("\(text): \(error)")
            return
        }
        let due = walk.due(spec, missing, repeated)
        // A walk that finds a thousand ticks has said enough with those.
        let count = min(due.count, 1_000)
        let end = count < due.count ? due[count] : walk.end
        let found = timetable.ticks(in: walk.start..<end).prefix(count + 1)
        #expect(Array(found) == Array(due[..<count]), "\(text)")
        let far = walk.start - Int64.random(in: 0..<70_000_000, using: &random)
        if let next = timetable.next(after: far), let first = due.first {
            #expect(next > far && next <= first, "\(text) after \(far)")
        }
        for _ in 0..<3 {
            let seconds = Int64.random(in: walk.start..<walk.end, using: &random)
            if let expected = due.first(where: { $0 > seconds }) {
                #expect(timetable.next(after: seconds) == expected, "\(text) after \(seconds)")
            }
            if let expected = due.last(where: { $0 <= seconds }) {
                #expect(timetable.latest(through: seconds) == expected, "\(text) to \(seconds)")
            }
        }
    }

    private static func seconds(_ date: String) -> Int64 {
        var scanner = SpecScanner(date)
        return (CalendarDate(scanning: &scanner)?.daysSince1970 ?? 0) * 86_400
    }
}
