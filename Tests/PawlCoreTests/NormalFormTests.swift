import PawlCore
import Testing

/// The form in which RoomKit's graphs are written.
struct NormalFormTests {
    private func parse(_ text: String) throws -> JSON { try JSON(parsing: text.utf8) }

    /// Every kind of node and condition, and each member once left out and once there.
    private static let graph = #"""
        {"id": "full", "name": "Full", "description": "all", "version": 3,
         "metadata": {"owner": "ops"},
         "trigger": {"type": "webhook", "source_type": "github", "config": {"secret": "abc"}},
         "nodes": [
          {"id": "start", "type": "start"},
          {"id": "triage", "type": "agent", "config": {"agent_id": "triage"},
           "metadata": {"x": 10, "y": 20}},
          {"id": "checks", "type": "parallel", "config": {"join": "all"}},
          {"id": "sec", "type": "agent", "config": {"agent_id": "sec"}, "parent": "checks"},
          {"id": "custom", "type": "my_custom_type", "config": {"k": "v"}},
          {"id": "end", "type": "end"}],
         "edges": [
          {"source": "start", "target": "triage"},
          {"source": "triage", "target": "checks",
           "condition": {"type": "not", "conditions": [
             {"type": "field", "path": "triage.output.n", "op": "exists", "value": null}]}},
          {"source": "triage", "target": "custom", "condition": {"type": "otherwise"},
           "metadata": {"label": "no"}},
          {"source": "checks", "target": "end"}, {"source": "custom", "target": "end"}]}
        """#

    @Test
    func `what RoomKit wrote stays as it is, to the letter`() throws {
        let graph = try parse(Self.graph)
        #expect(Definition.normalForm(of: graph).serialized() == graph.serialized())
        let canonical = Definition.canonical(graph)
        #expect(canonical.form == .graph)
        #expect(canonical.json.serialized() == graph.serialized())
        #expect(canonical.problems.isEmpty)
    }

    @Test
    func `what need not be said is left out`() throws {
        let verbose = try parse(
            #"""
            {"id": "a", "name": "A", "description": null, "version": 1, "metadata": {},
             "trigger": {"type": "webhook", "config": {}},
             "nodes": [{"id": "n", "type": "x", "config": {}, "metadata": {}, "parent": null}],
             "edges": [{"source": "n", "target": "n", "metadata": {}, "condition": null},
                       {"source": "n", "target": "n", "condition":
                         {"type": "all", "conditions": [{"path": "n.output", "op": "exists"}]}}]}
            """#
        )
        let brief = try parse(
            #"""
            {"id": "a", "name": "A", "trigger": {"type": "webhook", "source_type": "generic"},
             "nodes": [{"id": "n", "type": "x"}],
             "edges": [{"source": "n", "target": "n"},
                       {"source": "n", "target": "n", "condition": {"type": "all", "conditions":
                        [{"type": "field", "path": "n.output", "op": "exists", "value": null}]}}]}
            """#
        )
        #expect(Definition.normalForm(of: verbose) == brief)
        #expect(Definition.normalForm(of: brief) == brief)
    }

    @Test(arguments: ["5", "[]", #"{"nodes": 5, "edges": [5, {"condition": 5}], "trigger": 5}"#])
    func `what is no definition stays as it is`(text: String) throws {
        let json = try parse(text)
        #expect(Definition.normalForm(of: json) == json)
    }
}
