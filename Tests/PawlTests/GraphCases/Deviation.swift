import PawlCore
import Testing

/// What our engine does better than what was observed, told by what a case is about.
enum Deviation {
    /// A handler that throws fails its step, like any other failure.
    case thrown
    /// A child of a parallel node may wait, and the node waits for it.
    case waitingChild(container: String)
    /// Of several children the first success is enough.
    case firstSuccess(container: String)
    /// A graph that is not valid is never run.
    case refused
    /// A condition on values of different types does not hold; the run goes another way.
    case typesDiffer
    /// An answer that nobody waits for, or that leads nowhere, changes nothing.
    case misplacedAnswer
    /// A stream that is opened after an answer goes on where the last one ended.
    case resumedStream

    init?(of one: GraphCase) {
        guard one.adoption == .deviate else { return nil }
        let observed = one.trace.compactMap { $0["error"]?["message"]?.stringValue }
        if let container = one.container(of: "parallel", where: { $0.isEmpty }),
            observed.contains(where: { $0.contains("returned waiting") })
        {
            self = .waitingChild(container: container)
        } else if let container = one.container(of: "parallel", where: { $0 == "any" }) {
            self = .firstSuccess(container: container)
        } else if !Definition.check(one.graph).errors.isEmpty {
            self = .refused
        } else if one.raises {
            self = .thrown
        } else if one.ops.count(where: { $0["op"] == "stream" }) > 1 {
            self = .resumedStream
        } else if one.ops.contains(where: { $0["op"] == "resume" }) {
            self = .misplacedAnswer
        } else if one.trace.contains(where: { $0["error"]?["type"] == "TypeError" }) {
            self = .typesDiffer
        } else {
            return nil
        }
    }

    func check(_ records: [JSON], _ final: JSON, _ one: GraphCase) throws {
        let last = try #require(records.last)
        switch self {
        case .thrown:
            let theirs = one.trace.map(Observed.record)
            for (ours, theirs) in zip(records, theirs) {
                #expect(ours["error"]?["message"] == theirs["error"]?["message"])
                #expect(ours["error"]?["type"] == theirs["error"]?["type"])
                let events = Observed.events(ours["events"] ?? [], in: one).main
                let expected = Observed.events(theirs["events"] ?? [], in: one).main
                #expect(Observed.same(.array(events), .array(expected)))
            }
        case .waitingChild(let container):
            #expect(last["error"] == nil)
            #expect(last["waiting"] == true && last["current_node_id"] == .string(container))
        case .firstSuccess(let container):
            #expect(last["error"] == nil && last["current_node_id"]?.isNull ?? false)
            let output = final["context"]?[container]?["output"]?.objectValue ?? [:]
            #expect(output.count == 1)
            let (winner, value) = try #require(output.first)
            #expect(final["context"]?[winner]?["output"] == value)
        case .refused:
            let errors = Definition.check(one.graph).errors
            #expect(!errors.isEmpty)
            for record in records where ["run", "stream", "start"].contains(record["op"]) {
                #expect(record["error"]?["type"] == "GraphValidationError")
            }
            #expect(final["context"] == [:] && final["handler_calls"] == [:])
        case .typesDiffer:
            #expect(last["error"] == nil && last["current_node_id"]?.isNull ?? false)
        case .misplacedAnswer:
            try checkAnswers(records, final, one)
        case .resumedStream:
            let streams = records.filter { $0["op"] == "stream" }
            let seen = streams.compactMap {
                $0["events"]?.arrayValue?.compactMap { $0["seq"]?.intValue }
            }
            for (earlier, later) in zip(seen, seen.dropFirst()) {
                #expect(later.allSatisfy { $0 > earlier.max() ?? -1 })
            }
            #expect(last["waiting"] == false)
        }
    }

    /// Each answer is taken, or refused and of no effect; the last one that is taken counts.
    private func checkAnswers(_ records: [JSON], _ final: JSON, _ one: GraphCase) throws {
        var position = records.first
        for (record, op) in zip(records, one.ops) {
            defer { position = record }
            guard op["op"] == "resume" else { continue }
            let node = op["node_id"]?.stringValue ?? ""
            let wasWaiting = position?["waiting"] == true
            let isTheOne = position?["current_node_id"] == .string(node)
            if !wasWaiting || !isTheOne {
                #expect(record["error"] != nil, "nobody waits at \(node)")
            }
            if record["error"] != nil {
                #expect(record["current_node_id"] == position?["current_node_id"])
                #expect(record["waiting"] == position?["waiting"])
            } else {
                #expect(final["context"]?[node]?["output"] == op["input"])
            }
        }
    }
}

extension GraphCase {
    fileprivate func container(of type: String, where fits: (String) -> Bool) -> String? {
        nodes.first { node in
            let join = node["config"]?["join"]?.stringValue ?? ""
            return node["type"]?.stringValue == type && (fits(join) || join == "all" && fits(""))
        }?["id"]?.stringValue
    }

    fileprivate var raises: Bool { "\(handlers)".contains("\"raise\"") }
}
