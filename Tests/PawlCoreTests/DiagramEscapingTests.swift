import Testing

@testable import PawlCore

/// What a definition says stays inside of its label, whatever it is.
struct DiagramEscapingTests {
    private static let hostile = [
        "\"]-->x", "<script>alert(1)</script>", "a\nb\r\nc", "x\"]; click x href \"http://e\"",
        "%%{init: {}}%%", "</svg>", "&lt;b&gt;", "`markdown`", "a|b", "\\", "\\\"", "{{#quot;}}",
        "]]>", "<!--", "\u{1b}[31m", "\u{202e}txt", "'onload='x", "🧨 \u{0} \u{FFFE}",
        String(repeating: "x", count: 500),
    ]

    private func diagram(_ text: String) -> Diagram {
        Diagram(
            definition: Definition(unchecked: [
                "id": .string(text),
                "nodes": [
                    ["id": "start", "type": "start"], ["id": .string(text), "type": "human"],
                    [
                        "id": "box", "type": .string(text),
                        "config": ["prompt": .string(text), "message": .string(text)],
                    ],
                    ["id": "ask", "type": "human", "config": ["prompt": .string(text)]],
                    ["id": "in", "type": "work", "parent": .string(text)],
                ],
                "edges": [
                    ["source": "start", "target": .string(text)],
                    [
                        "source": .string(text), "target": "ask",
                        "condition": [
                            "type": "field", "path": .string(text), "op": "eq",
                            "value": .string(text),
                        ],
                    ],
                ],
            ]),
            statuses: ["ask": .failed]
        )
    }

    @Test(arguments: hostile)
    func `Mermaid keeps a label on its line and in its quotes`(text: String) {
        let plain = diagram("x").mermaid.split(separator: "\n")
        let lines = diagram(text).mermaid.split(separator: "\n")
        #expect(lines.count == plain.count)
        for (line, plain) in zip(lines, plain) {
            #expect(line.count { $0 == "\"" } == plain.count { $0 == "\"" })
            #expect(!line.contains { "<>".contains($0) } || plain.contains("--"))
            #expect(!line.contains("%%{") && !line.contains("`") && !line.contains("\u{1b}"))
            #expect(line.count < 300)
        }
    }

    @Test(arguments: hostile)
    func `a picture is well-formed and runs nothing`(text: String) {
        let svg = diagram(text).svg
        #expect(Markup(svg).isWellFormed)
        #expect(!svg.contains("<script") && !svg.contains("onload=\""))
        #expect(Markup(svg).tags == Markup(diagram("x").svg).tags)
    }

    @Test(arguments: hostile)
    func `Graphviz gets quoted text`(text: String) {
        let lines = diagram(text).dot.split(separator: "\n")
        #expect(lines.count == diagram("x").dot.split(separator: "\n").count)
        for line in lines {
            // Without what is escaped and what is quoted there are names and signs only.
            let bare = line.replacing("\\\\", with: "").replacing("\\\"", with: "")
                .split(separator: "\"", omittingEmptySubsequences: false)
            #expect(bare.count.isMultiple(of: 2) == false)
            let outside = bare.indices.filter { $0.isMultiple(of: 2) }.map { bare[$0] }.joined()
            #expect(outside.allSatisfy { $0.isLetter || $0.isNumber || " _{}[]=,.->".contains($0) })
        }
    }

    @Test(arguments: hostile)
    func `a text has a line a step`(text: String) {
        let drawn = diagram(text).text
        #expect(
            drawn.split(separator: "\n").count == diagram("x").text.split(separator: "\n").count
        )
        #expect(!drawn.unicodeScalars.contains { $0.value < 0x20 && $0 != "\n" })
    }

    @Test
    func `ids become names, each once`() {
        let ids = ["a b", "a-b", "a_b", "end", "End", "style", "über", "1", "日本", "会社", "a:b"]
        let definition = Definition(
            unchecked: ["nodes": .array(ids.map { ["id": .string($0), "type": "work"] })]
        )
        let lines = Diagram(definition: definition).mermaid.split(separator: "\n").dropFirst()
        #expect(
            lines.map { $0.drop { $0 == " " }.prefix { $0 != "[" } } == [
                "a_b", "a_b_2", "a_b_3", "end_", "End_", "style_", "_ber", "1", "__", "___2",
                "a_b_4",
            ]
        )
    }
}

/// The tags of a text in XML, as far as a test needs to know.
private struct Markup {
    private(set) var tags: [String] = []
    private(set) var isWellFormed = true

    init(_ text: String) {
        var open: [Substring] = []
        var rest = text[...]
        while let start = rest.firstIndex(of: "<") {
            check(rest[..<start])
            rest = rest[rest.index(after: start)...]
            guard let end = rest.firstIndex(of: ">") else {
                isWellFormed = false
                return
            }
            let tag = rest[..<end]
            rest = rest[rest.index(after: end)...]
            isWellFormed = isWellFormed && !tag.contains("<")
            let name = tag.drop { $0 == "/" }.prefix { $0.isLetter }
            if tag.hasPrefix("/") {
                isWellFormed = isWellFormed && open.popLast() == name
                continue
            }
            tags.append(String(name))
            isWellFormed = isWellFormed && !name.isEmpty && tag.count { $0 == "\"" } % 2 == 0
            if !tag.hasSuffix("/") { open.append(name) }
        }
        check(rest)
        isWellFormed = isWellFormed && open.isEmpty
    }

    private mutating func check(_ text: Substring) {
        let entities = ["amp;", "lt;", "gt;", "quot;", "#39;"]
        for part in text.split(separator: "&", omittingEmptySubsequences: false).dropFirst() {
            if !entities.contains(where: { part.hasPrefix($0) }) { isWellFormed = false }
        }
        if text.contains(">") || text.unicodeScalars.contains(where: { $0.value == 0xFFFE }) {
            isWellFormed = false
        }
    }
}
