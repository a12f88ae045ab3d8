import Pawl
import PawlTesting
import Testing

@testable import PawlCore

/// Conformance: graphs that were observed elsewhere, through our engine on PostgreSQL.
///
/// `PAWL_GRAPH_CASES` names another folder of cases of the same form.
@Suite(.timeLimit(.minutes(20)))
struct GraphCases {
    @Test(.database, arguments: GraphCase.all("graph-run"))
    func `a graph runs as it was observed, or better`(one: GraphCase) async throws {
        let run = GraphCaseRun(one)
        let records = try await run.play()
        let final = try await run.final()
        if let deviation = Deviation(of: one) {
            try deviation.check(records, final, one)
            return
        }
        guard one.adoption != .deviate else {
            Issue.record("\(one.name) deviates in a way that nothing here knows")
            return
        }
        #expect(records.count == one.trace.count)
        for (ours, theirs) in zip(records, one.trace) {
            compare(ours, one.adoption == .conform ? theirs : Observed.record(theirs), one)
        }
        let expected = one.json["expected"]?["final"] ?? [:]
        for (key, value) in expected.objectValue ?? [:] {
            #expect(
                Observed.same(final[key] ?? .null, value),
                "\(one.name) \(key): \(final[key] ?? .null), observed \(value)"
            )
        }
    }

    private func compare(_ ours: JSON, _ theirs: JSON, _ one: GraphCase) {
        let op = ours["op"]?.stringValue ?? ""
        for (key, value) in theirs.objectValue ?? [:] {
            let found = ours[key] ?? .null
            switch key {
            case "events":
                let (ours, theirs) = (
                    Observed.events(found, in: one), Observed.events(value, in: one)
                )
                #expect(
                    Observed.same(.array(ours.main), .array(theirs.main)),
                    "\(one.name) \(op): \(ours.main), observed \(theirs.main)"
                )
                #expect(
                    Observed.same(
                        .object(ours.children.mapValues { .array($0) }),
                        .object(theirs.children.mapValues { .array($0) })
                    ),
                    "\(one.name) \(op): \(ours.children), observed \(theirs.children)"
                )
            case "error":
                #expect(found["type"] == value["type"], "\(one.name) \(op): \(found)")
                // Ours may say more: what there is instead, and where.
                let message = value["message"]?.stringValue ?? ""
                #expect(
                    found["message"]?.stringValue?.hasPrefix(message) ?? false,
                    "\(one.name) \(op): \(found), observed \(message)"
                )
            default:
                #expect(
                    Observed.same(found, value),
                    "\(one.name) \(op) \(key): \(found), observed \(value)"
                )
            }
        }
        #expect((ours["error"] == nil) == (theirs["error"] == nil), "\(one.name) \(op): \(ours)")
    }

    @Test(arguments: GraphCase.all("condition-matrix"))
    func `conditions hold as they were observed`(one: GraphCase) throws {
        let context = one.json["context"] ?? [:]
        var rows = 0
        for row in one.rows {
            rows += 1
            var problems: [Problem] = []
            let condition = Condition(
                json: row["condition"] ?? [:],
                at: "condition",
                problems: &problems
            )
            let holds = condition?.holds { $0.value(in: context) }
            guard let result = row["result"]?.boolValue else {
                // An error there is false, or refused when it is read.
                #expect(holds != true || row.asksForAnElement, "\(row)")
                continue
            }
            if row.comparesTruthWithANumber || row.printsATruth { continue }
            // What is refused when it is read holds never.
            #expect((holds ?? false) == result, "\(row): \(problems)")
        }
        #expect(rows > 0)
    }

    @Test(arguments: GraphCase.all("template-matrix"))
    func `templates resolve as they were observed`(one: GraphCase) throws {
        let context = one.json["context"] ?? [:]
        var rows = 0
        for row in one.rows {
            rows += 1
            for key in ["resolve", "resolve_value"] {
                guard let expected = row[key] else { continue }
                let template = try Template(json: row["template"] ?? .null)
                do {
                    let value = try template.resolve(context)
                    let found: JSON =
                        key == "resolve" ? .string(value.stringValue ?? "\(value)") : value
                    let isText = key == "resolve" && expected.stringValue != nil
                    let trimmed = isText ? expected.trimmed : expected
                    #expect(
                        Observed.same(isText ? found.trimmed : found, trimmed),
                        "\(row): \(found)"
                    )
                } catch {
                    let message = expected["$error"]?["message"]?.stringValue
                    #expect(message != nil && error.message.hasPrefix(message ?? "-"), "\(row)")
                }
            }
        }
        #expect(rows > 0)
    }

    @Test(arguments: GraphCase.all("trigger-matrix"))
    func `triggers read and write as they were observed`(one: GraphCase) {
        for row in one.rows {
            let trigger = Trigger(json: row["in"] ?? [:])
            #expect(trigger.json == row["to_dict"], "\(row)")
            #expect(trigger.className == row["class"]?.stringValue, "\(row)")
        }
    }

    @Test
    func `every case is of a kind that is run here`() {
        let known: Set = ["graph-run", "condition-matrix", "template-matrix", "trigger-matrix"]
        for one in GraphCase.all() { #expect(known.contains(one.kind), "\(one.name)") }
        #expect(!GraphCase.all().isEmpty)
    }
}

extension GraphCase {
    fileprivate var rows: [JSON] { json["expected"]?.arrayValue ?? [] }
}

// Rows of conditions at which ours deviate, as their table recommends.
extension JSON {
    /// `contains` asks a list for an element that is no text: ours compares elements.
    fileprivate var asksForAnElement: Bool {
        let condition = self["condition"]
        return condition?["op"] == "contains" && condition?["value"]?.stringValue == nil
    }

    /// `true` equals 1 there; in JSON it does not.
    fileprivate var comparesTruthWithANumber: Bool {
        let condition = self["condition"]
        let isTruth = ["d.output.b", "d.output.zero"].contains(condition?["path"])
        let value = condition?["value"]
        return isTruth && ["eq", "neq", "in", "not_in"].contains(condition?["op"])
            && (value?.boolValue == nil || condition?["path"] == "d.output.zero")
    }

    /// `true` is printed as `True` there.
    fileprivate var printsATruth: Bool {
        self["condition"]?["op"] == "contains" && self["condition"]?["path"] == "d.output.b"
    }
}

extension JSON {
    fileprivate var trimmed: JSON {
        guard let text = stringValue else { return self }
        let start = text.drop { $0.isWhitespace }
        return .string(String(String(start.reversed()).drop { $0.isWhitespace }.reversed()))
    }
}
