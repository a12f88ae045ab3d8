import PawlCore

// Workflows that the tests of this room run.

extension Definition {
    /// `first`, then `second`.
    static var chain: Definition {
        get throws {
            try Definition(
                text: """
                    {"id": "chain",
                     "nodes": [{"id": "start", "type": "start"}, {"id": "first", "type": "work"},
                               {"id": "second", "type": "work"}, {"id": "end", "type": "end"}],
                     "edges": [{"source": "start", "target": "first"},
                               {"source": "first", "target": "second"},
                               {"source": "second", "target": "end"}]}
                    """
            )
        }
    }

    /// `workers` handlers and `people` questions side by side, then `after`.
    static func fan(_ workers: Int, people: Int = 0) throws -> Definition {
        let works = (1...workers).map { #"{"id": "w\#($0)", "type": "work", "parent": "all"}"# }
        let asks = (0..<people).map {
            #"{"id": "p\#($0)", "type": "human", "parent": "all", "config": {"prompt": "?"}}"#
        }
        return try Definition(
            text: """
                {"id": "fan",
                 "nodes": [{"id": "start", "type": "start"}, {"id": "all", "type": "parallel"},
                           \((works + asks).joined(separator: ", ")),
                           {"id": "after", "type": "work"}, {"id": "end", "type": "end"}],
                 "edges": [{"source": "start", "target": "all"},
                           {"source": "all", "target": "after"},
                           {"source": "after", "target": "end"}]}
                """
        )
    }

    /// A question that stands for an hour; `extra` are further members of its config.
    static func question(_ extra: String = #""options": ["yes", "no"]"#) throws -> Definition {
        try Definition(
            text: """
                {"id": "question",
                 "nodes": [{"id": "start", "type": "start"},
                           {"id": "ask", "type": "human",
                            "config": {"prompt": "Go on?", "timeout": "1h", \(extra)}},
                           {"id": "end", "type": "end"}],
                 "edges": [{"source": "start", "target": "ask"},
                           {"source": "ask", "target": "end"}]}
                """
        )
    }

    /// `first`, from which no edge leads on unless its output says so.
    static var stuck: Definition {
        get throws {
            try Definition(
                text: """
                    {"id": "stuck",
                     "nodes": [{"id": "start", "type": "start"}, {"id": "first", "type": "work"},
                               {"id": "end", "type": "end"}],
                     "edges": [{"source": "start", "target": "first"},
                               {"source": "first", "target": "end",
                                "condition": {"type": "field", "path": "first.output.go",
                                              "op": "exists"}}]}
                    """
            )
        }
    }

    /// `a` and `b` side by side, `c` after both.
    static var graph: Definition {
        get throws {
            try Definition(
                text: """
                    {"id": "graph",
                     "nodes": [{"id": "start", "type": "start"}, {"id": "dag", "type": "dag"},
                               {"id": "a", "type": "work", "parent": "dag"},
                               {"id": "b", "type": "work", "parent": "dag"},
                               {"id": "c", "type": "work", "parent": "dag",
                                "depends_on": ["a", "b"]},
                               {"id": "end", "type": "end"}],
                     "edges": [{"source": "start", "target": "dag"},
                               {"source": "dag", "target": "end"}]}
                    """
            )
        }
    }

    /// A step that runs `job`.
    static var parent: Definition {
        get throws {
            try Definition(
                text: """
                    {"id": "parent",
                     "nodes": [{"id": "start", "type": "start"},
                               {"id": "child", "type": "workflow", "config": {"workflow": "job"}},
                               {"id": "end", "type": "end"}],
                     "edges": [{"source": "start", "target": "child"},
                               {"source": "child", "target": "end"}]}
                    """
            )
        }
    }

    /// A step that runs another workflow; its name is that one's with `runs-` before it.
    static func runs(_ workflow: String, waits: Bool = true) throws -> Definition {
        try Definition(
            text: """
                {"id": "runs-\(workflow)",
                 "nodes": [{"id": "start", "type": "start"},
                           {"id": "child", "type": "workflow",
                            "config": {"workflow": "\(workflow)", "wait": \(waits)}},
                           {"id": "end", "type": "end"}],
                 "edges": [{"source": "start", "target": "child"},
                           {"source": "child", "target": "end"}]}
                """
        )
    }

    private init(text: String) throws {
        try self.init(json: JSON(parsing: text.utf8))
    }
}
