import Foundation
import Testing

@testable import pawl_bench

#if canImport(FoundationXML)
import FoundationXML
#endif

/// How results are shown.
struct ReportTests {
    private let report: Report

    init() throws {
        let text = """
            {"version": "1", "server": "PostgreSQL 15 <test>", "processors": 2, "isQuick": false,
             "rounds": 3, "load": [0.1, 2], "sections": [
               {"name": "W1", "title": "drain", "figures": [
                 {"name": "drain", "unit": "runs/s", "samples": [1000, 2000, 3000],
                  "goal": {"atLeast": {"_0": 30000}}},
                 {"name": "held", "unit": "runs/s", "samples": [10], "curve": [30, 20, 25]}]},
               {"name": "peers", "title": "other systems", "figures": [
                 {"name": "drain", "unit": "jobs/s", "samples": [5], "subject": "Pawl"},
                 {"name": "drain", "unit": "jobs/s", "samples": [6], "subject": "other"}]}]}
            """
        report = try JSONDecoder().decode(Report.self, from: Data(text.utf8))
    }

    @Test func `a goal that is missed is marked, and counted`() {
        let text = Table(report).description
        #expect(
            text.contains("| W1 | drain | 2,000 runs/s | ± 1,000 | ≥ 30,000 **missed** |\n")
        )
        #expect(report.misses == 1)
    }

    @Test func `what is put beside each other is a table of its own`() {
        let text = Table(report).description
        #expect(text.hasSuffix("| | drain, jobs/s |\n|---|--:|\n| Pawl | 5 |\n| other | 6 |\n"))
        #expect(!text.contains("| peers |"))
    }

    @Test func `a plot is well-formed, with a stroke for a goal and a curve`() throws {
        let svg = Plot(report).svg
        let parser = XMLParser(data: Data(svg.utf8))
        #expect(parser.parse())
        #expect(svg.contains("&lt;test>"))
        #expect(svg.components(separatedBy: "<rect").count == 2)
        #expect(svg.components(separatedBy: "class=\"goal\"").count == 2)
        #expect(svg.contains("<polyline"))
    }
}
