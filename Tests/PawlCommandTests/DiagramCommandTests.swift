import FoundationEssentials
import PawlCore
import PawlTesting
import Testing

/// Drawings of files, of what is defined, and of runs.
@Suite(.timeLimit(.minutes(20))) struct DiagramCommandTests {
    @Test func `a file is drawn without a database`() async throws {
        let directory = "/tmp/pawl-diagram-\(UUID().uuidString.prefix(8))"
        try FileManager.default.createDirectory(
            atPath: directory,
            withIntermediateDirectories: false
        )
        defer {
            do {
                try FileManager.default.removeItem(atPath: directory)
            } catch {
                Issue.record("could not remove \(directory): \(error)")
            }
        }
        let pawl = Pawl(in: directory)
        try review.write(toFile: directory + "/review.json", atomically: true, encoding: .utf8)
        let text = try await pawl("diagram", "review.json")
        #expect(text.code == 0)
        #expect(
            text.output == """
                review
                |- Start -> ask
                |- ask (human: Ship it?) -> End
                `- End

                """
        )
        let piped = try await pawl("diagram", "-", "--format", "mermaid", input: review)
        #expect(piped.output.hasPrefix("graph TD\n"))
        let written = try await pawl("diagram", "review.json", "--output", "review.svg")
        #expect(written.code == 0 && written.output.isEmpty)
        let svg = try String(contentsOfFile: directory + "/review.svg", encoding: .utf8)
        #expect(svg.hasSuffix("</svg>\n"))
    }

    @Test func `what cannot be drawn is told`() async throws {
        let pawl = Pawl()
        let missing = try await pawl("diagram", "missing.json")
        #expect(missing.code == 3)
        #expect(missing.error.contains("there is no file \"missing.json\""))
        let wrong = try await pawl("diagram", "-", input: #"{"id": "wrong"}"#)
        #expect(wrong.code == 1)
        #expect(wrong.error.contains("problem"))
        let unwritable = try await pawl("diagram", "-", "--output", "/proc/x.svg", input: review)
        #expect(unwritable.code == 1)
        #expect(unwritable.error.contains("could not write"))
    }

    @Test(.database) func `a version, and a run with its steps, is drawn`() async throws {
        let pawl = Pawl(TestDatabase.current)
        _ = try await pawl("define", "-", input: review)
        _ = try await pawl("define", "-", input: review.replacing("Ship it?", with: "Really?"))
        #expect(try await pawl("diagram", "review").output.contains("Really?"))
        #expect(try await pawl("diagram", "review@1").output.contains("Ship it?"))
        #expect(try await pawl("diagram", "review@7").code == 3)
        try await pawl.during("worker") { _ in
            let enqueued = try await pawl("run", "review", "--json")
            let run = try #require(try enqueued.json["run_id"]?.stringValue)
            try await eventually("the question is asked") {
                try await pawl("diagram", run).output.contains("[WAIT]  ask")
            }
            #expect(try await pawl("decide", run, "yes").code == 0)
            try await eventually("the run has ended") {
                try await pawl("diagram", run).output == """
                    review
                    |- [OK]    Start -> ask
                    |- [OK]    ask (human: Really?) -> End
                    `- [OK]    End

                    """
            }
        }
    }
}
