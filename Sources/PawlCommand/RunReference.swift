import ArgumentParser
import FoundationEssentials
import PawlStore
import Postgres

/// A run, as people name it: by its id, or by as much of its beginning as is unique.
struct RunReference: ExpressibleByArgument {
    let text: String
    private let first: UUID
    private let last: UUID

    init?(argument: String) {
        let digits = argument.lowercased().filter { $0 != "-" }
        // What is shorter is a moment in which thousands may have begun, or no id at all.
        guard (4...32).contains(digits.count), digits.allSatisfy(\.isHexDigit),
            let first = Self.id(digits, filledWith: "0"),
            let last = Self.id(digits, filledWith: "f")
        else { return nil }
        text = argument
        self.first = first
        self.last = last
    }

    static var allValueStrings: [String] { [] }

    /// The run that is meant.
    func find(in session: Session) throws -> UUID {
        let runs = try session.runs(from: first, through: last, limit: 2)
        guard let run = runs.first else { throw Complaint.noRun(text) }
        guard runs.count == 1 else {
            throw Complaint(
                "run \"\(text)\" could be one of several",
                hint: "give more of its id; pawl runs prints whole ids"
            )
        }
        return run
    }

    private static func id(_ digits: String, filledWith filler: String) -> UUID? {
        var rest = Substring(digits + String(repeating: filler, count: 32 - digits.count))
        var groups: [Substring] = []
        for length in [8, 4, 4, 4, 12] {
            groups.append(rest.prefix(length))
            rest = rest.dropFirst(length)
        }
        return UUID(uuidString: groups.joined(separator: "-"))
    }
}
