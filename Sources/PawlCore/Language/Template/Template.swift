/// A JSON value whose strings have placeholders: `{"to": "{{start.output.input.mail}}"}`.
///
/// `{{path}}`, which may also be written `${{path}}`, stands for the value at a path. A string that
/// is one placeholder and nothing else becomes the value itself; in other strings a string stands as
/// it is and any other value as its JSON text. `{{path | default(JSON)}}` stands for the default
/// where nothing is. Keys are not resolved, and text that came from a value is not looked at again:
/// only what is written in the definition is a placeholder.
///
/// `{{secrets.NAME}}` is a secret. It is resolved only by who is handed the secrets.
package struct Template: Hashable, Sendable {
    /// How deep a template may nest; resolving one level costs stack.
    package static let maximumDepth = 64
    /// The most placeholders that a template may have.
    package static let maximumReferences = 10_000
    /// The most bytes, about, that the values of all placeholders may have together.
    ///
    /// Placeholders multiply what they stand for; the values of all have to fit into one row.
    package static let maximumSize = 64 << 20

    let root: TemplateNode
    /// The paths that it refers to, in order of their text.
    package let paths: [Path]
    /// The names of the secrets that it refers to, in order.
    package let secretNames: [String]

    /// Reads a template.
    ///
    /// - Throws: ``TemplateError`` if it is too large, or a default is not JSON.
    package init(json: JSON) throws(TemplateError) {
        var reader = TemplateReader()
        root = try reader.node(json, depth: 0)
        var paths: Set<Path> = []
        var names: Set<String> = []
        for reference in reader.references {
            switch reference.target {
            case .path(let path): paths.insert(path)
            case .secret(let name): names.insert(name)
            }
        }
        self.paths = paths.sorted { $0.description < $1.description }
        secretNames = names.sorted()
    }

    /// Reads a template of a definition, or records what is wrong with it.
    init?(json: JSON, at place: String, problems: inout [Problem]) {
        do {
            try self.init(json: json)
        } catch {
            let inner = "\(error.place)"
            let separator = inner.isEmpty || inner.hasPrefix("[") ? "" : "."
            problems.append(
                Problem(at: place + separator + inner, .malformed, error.message, hint: error.hint)
            )
            return nil
        }
    }

    /// Whether it has placeholders at all.
    package var isConstant: Bool { if case .constant = root { true } else { false } }

    /// Returns the value with its placeholders resolved.
    ///
    /// `secrets` gives a secret by its name. Without it no secret is resolved, not even by its
    /// default, so that nothing is recorded as if there were none.
    ///
    /// - Throws: ``TemplateError`` if a placeholder leads nowhere, or the whole becomes too large.
    package func resolve(
        _ knowledge: some Knowledge,
        secrets: ((String) -> String?)? = nil
    ) throws(TemplateError) -> JSON {
        var resolver = TemplateResolver(knowledge: knowledge, secrets: secrets)
        return try resolver.value(of: root)
    }

    /// Returns the value with those placeholders resolved that lead somewhere.
    ///
    /// The others stay as they are written, and so do secrets.
    package func resolveLeniently(_ knowledge: some Knowledge) -> JSON {
        var resolver = TemplateResolver(knowledge: knowledge, secrets: nil)
        return resolver.lenientValue(of: root)
    }
}

/// A part of a template.
indirect enum TemplateNode: Hashable, Sendable {
    /// What has no placeholders.
    case constant(JSON)
    /// What is one placeholder.
    case reference(Reference)
    case text(TemplateText)
    case array([TemplateNode])
    /// An object, in the order of its names, so that of two errors always the same is met first.
    case object([TemplateMember])
}

/// A member of an object in a template.
struct TemplateMember: Hashable, Sendable {
    let name: String
    let node: TemplateNode
}

/// Reads the parts of a template.
private struct TemplateReader {
    private(set) var references: [Reference] = []

    mutating func node(_ json: JSON, depth: Int) throws(TemplateError) -> TemplateNode {
        guard depth <= Template.maximumDepth else {
            throw TemplateError(
                "the template nests too deep",
                hint: "use at most \(Template.maximumDepth) levels"
            )
        }
        let before = references.count
        let node: TemplateNode
        switch json {
        case .null, .bool, .integer, .number: return .constant(json)
        case .string(let text): node = try self.text(text)
        case .array(let elements):
            var nodes: [TemplateNode] = []
            for (index, element) in elements.enumerated() {
                do {
                    nodes.append(try self.node(element, depth: depth + 1))
                } catch {
                    throw error.within(.index(index))
                }
            }
            node = .array(nodes)
        case .object(let members):
            var nodes: [TemplateMember] = []
            for (name, member) in members.sorted(by: { $0.key < $1.key }) {
                do {
                    let node = try self.node(member, depth: depth + 1)
                    nodes.append(TemplateMember(name: name, node: node))
                } catch {
                    throw error.within(.name(name))
                }
            }
            node = .object(nodes)
        }
        return references.count == before ? .constant(json) : node
    }

    private mutating func text(_ text: String) throws(TemplateError) -> TemplateNode {
        let text = try TemplateText(text)
        for case .reference(let reference) in text.pieces {
            references.append(reference)
        }
        guard references.count <= Template.maximumReferences else {
            throw TemplateError(
                "the template has too many placeholders",
                hint: "use at most \(Template.maximumReferences)"
            )
        }
        return text.onlyReference.map { .reference($0) } ?? .text(text)
    }
}
