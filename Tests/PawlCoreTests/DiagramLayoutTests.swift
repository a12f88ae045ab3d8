import Testing

@testable import PawlCore

/// Where everything of a picture stands.
struct DiagramLayoutTests {
    /// Definitions that ask much of a layout, by what they are.
    private static let odd: [(name: String, nodes: [String], edges: [String])] = [
        ("nothing", [], []),
        ("one", ["a"], []),
        ("a loop of one", ["a"], ["a>a"]),
        ("a loop of two", ["a", "b"], ["a>b", "b>a", "a>b"]),
        ("containers inside each other", ["a:loop", "a/b:loop", "b/a:loop"], ["a>b"]),
        ("a container in itself", ["a/a:loop"], ["a>a"]),
        ("ends that are missing", ["a", "b"], ["a>x", "x>b", "x>y"]),
        ("an edge into a container's inside", ["a", "b:loop", "b/c", "d"], ["a>c", "c>d", "c>b"]),
        ("two of one id", ["a", "a", "a:loop", "a/b"], ["a>b", "b>a"]),
        (
            "all to all", (0..<12).map { "n\($0)" },
            (0..<12).flatMap { one in (0..<12).map { "n\(one)>n\($0)" } }
        ),
        (
            "a fan", ["a", "z"] + (0..<40).map { "n\($0)" },
            (0..<40).flatMap { ["a>n\($0)", "n\($0)>z"] }
        ),
        (
            "a long way beside a short one", (0..<30).map { "n\($0)" },
            (0..<29).map { "n\($0)>n\($0 + 1)" } + (2..<30).map { "n0>n\($0)" } + ["n29>n0"]
        ),
        ("a row of children", ["p:parallel"] + (0..<50).map { "p/n\($0)" }, []),
    ]

    private func check(_ diagram: Diagram, _ name: Comment) {
        let layout = DiagramLayout(diagram)
        let paper = Area(x: 0, y: 0, width: layout.extent.width, height: layout.extent.height)
        for (index, box) in diagram.boxes.enumerated() {
            let around = box.parent.map { layout.areas[$0] } ?? paper
            #expect(around.holds(layout.areas[index]), name)
        }
        for siblings in [diagram.roots] + diagram.boxes.map(\.children) {
            let areas = siblings.map { layout.areas[$0] }.sorted { $0.x < $1.x }
            for (index, area) in areas.enumerated() {
                for other in areas[(index + 1)...].prefix(while: { $0.x < area.right - 0.1 }) {
                    let isApart = other.y >= area.bottom || area.y >= other.bottom
                    #expect(isApart, name)
                }
            }
        }
        for route in layout.routes {
            for point in route.points {
                #expect(paper.holds(Area(x: point.x, y: point.y, width: 0, height: 0)), name)
            }
        }
    }

    @Test
    func `boxes are apart and inside their containers, whatever the definition`() {
        for (name, nodes, edges) in Self.odd {
            let diagram = Diagram(definition: Definition(nodes: nodes, edges: edges))
            check(diagram, "\(name)")
            #expect(!diagram.svg.contains("nan") && !diagram.svg.contains("inf"))
            #expect(!diagram.mermaid.isEmpty && !diagram.dot.isEmpty && !diagram.text.isEmpty)
        }
    }

    @Test(arguments: 0..<60)
    func `random definitions are laid out`(seed: UInt64) throws {
        check(Diagram(definition: try RandomGraph.definition(seed: seed)), "\(seed)")
    }

    @Test
    func `arrows lead down unless they close a cycle`() throws {
        let diagram = Diagram(
            definition: Definition(
                nodes: ["a", "b", "c", "d", "e"],
                edges: ["a>b", "b>c", "c>d", "a>d", "d>b", "a>e", "e>e"]
            )
        )
        let layout = DiagramLayout(diagram)
        #expect(diagram.closings() == [false, false, false, false, true, false, true])
        for (arrow, isClosing) in zip(diagram.arrows, diagram.closings()) {
            let (source, target) = (layout.areas[arrow.source], layout.areas[arrow.target])
            #expect((source.bottom < target.y) == !isClosing)
        }
    }

    @Test
    func `a straight row stands in a straight line`() {
        let names = (0..<20).map { "a name of \($0 * $0 * $0) letters" }
        let edges = zip(names, names.dropFirst()).map { "\($0)>\($1)" }
        let layout = DiagramLayout(Diagram(definition: Definition(nodes: names, edges: edges)))
        #expect(Set(layout.areas.map { ($0.middle.x * 10).rounded() }).count == 1)
    }

    @Test
    func `what alone follows a step stands right below it`() {
        let diagram = Diagram(
            definition: Definition(
                nodes: ["a", "b", "c", "pack:loop", "pack/x", "pack/y", "ship", "mail", "z"],
                edges: [
                    "a>b", "a>c", "a>z", "b>pack", "c>pack", "c>z", "pack>ship", "ship>mail",
                    "mail>z",
                ]
            )
        )
        let areas = DiagramLayout(diagram).areas
        let row = diagram.boxes.indices.filter {
            ["pack", "ship", "mail"].contains(diagram.boxes[$0].id)
        }
        #expect(Set(row.map { areas[$0].middle.x.rounded() }).count == 1)
    }

    @Test
    func `no lines cross where none need to`() {
        let diagram = Diagram(
            definition: Definition(
                nodes: ["a", "b", "c", "d", "e", "f"],
                edges: ["a>b", "a>c", "b>f", "b>d", "c>e", "c>d"]
            )
        )
        let areas = DiagramLayout(diagram).areas
        let (b, c, d, e, f) = (areas[1], areas[2], areas[3], areas[4], areas[5])
        let order = b.x < c.x ? [f.x, d.x, e.x] : [e.x, d.x, f.x]
        #expect(order == order.sorted())
    }

    @Test
    func `the same definition is drawn the same`() throws {
        let definition = try RandomGraph.definition(seed: 7)
        #expect(Diagram(definition: definition).svg == Diagram(definition: definition).svg)
    }

    /// What 10,000 nodes can be.
    private static let large: [(name: String, nodes: [String], edges: [String])] = {
        let names = (0..<10_000).map { "n\($0)" }
        return [
            ("a row", names, zip(names, names.dropFirst()).map { "\($0)>\($1)" }),
            ("a fan", names, names.dropFirst().map { "n0>\($0)" }),
            (
                "a row and a fan", names,
                zip(names, names.dropFirst()).flatMap { ["\($0)>\($1)", "n0>\($1)"] }
            ),
            (
                "a cycle at each", names,
                zip(names, names.dropFirst()).flatMap { ["\($0)>\($1)", "\($1)>n0"] }
            ),
            ("one container", ["p:parallel"] + names.dropFirst().map { "p/\($0)" }, []),
            (
                "containers in containers",
                (0..<10_000).map { $0 % 400 == 0 ? "n\($0):loop" : "n\($0 - 1)/n\($0):loop" }, []
            ),
        ]
    }()

    @Test(.timeLimit(.minutes(3)), arguments: 0..<6)
    func `10,000 nodes are drawn within bounds`(index: Int) {
        let (name, nodes, edges) = Self.large[index]
        let diagram = Diagram(definition: Definition(nodes: nodes, edges: edges))
        #expect(diagram.boxes.count == 10_000, "\(name)")
        // 10,000 boxes and 20,000 arrows at about 400 bytes each; a multiple would be a blow-up.
        #expect(diagram.svg.utf8.count < 16_000_000, "\(name)")
        #expect(diagram.dot.utf8.count < 6_000_000, "\(name)")
        #expect(diagram.mermaid.utf8.count < 16_000_000, "\(name)")
        #expect(diagram.text.utf8.count < 16_000_000, "\(name)")
    }
}

extension Area {
    /// Whether another area is inside this one, but for rounding.
    fileprivate func holds(_ other: Area) -> Bool {
        other.x >= x - 0.1 && other.y >= y - 0.1 && other.right <= right + 0.1
            && other.bottom <= bottom + 0.1
    }
}
