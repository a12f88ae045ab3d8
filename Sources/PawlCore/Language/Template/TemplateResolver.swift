/// Resolves a template once.
struct TemplateResolver<Known: Knowledge> {
    let knowledge: Known
    let secrets: ((String) -> String?)?
    /// How much the values of the placeholders that follow may come to.
    private var allowance = Template.maximumSize

    init(knowledge: Known, secrets: ((String) -> String?)?) {
        self.knowledge = knowledge
        self.secrets = secrets
    }

    mutating func value(of node: TemplateNode) throws(TemplateError) -> JSON {
        switch node {
        case .constant(let value): return value
        case .reference(let reference): return try value(of: reference)
        case .text(let text):
            var resolved = ""
            for piece in text.pieces {
                switch piece {
                case .literal(let literal): resolved += literal
                case .reference(let reference): resolved += try value(of: reference).embedded
                }
            }
            return .string(resolved)
        case .array(let nodes):
            var values: [JSON] = []
            for (index, node) in nodes.enumerated() {
                do {
                    values.append(try value(of: node))
                } catch {
                    throw error.within(.index(index))
                }
            }
            return .array(values)
        case .object(let members):
            var values: [String: JSON] = [:]
            for member in members {
                do {
                    values[member.name] = try value(of: member.node)
                } catch {
                    throw error.within(.name(member.name))
                }
            }
            return .object(values)
        }
    }

    mutating func lenientValue(of node: TemplateNode) -> JSON {
        switch node {
        case .constant(let value): return value
        case .reference(let reference):
            return lenientValue(of: reference) ?? .string(reference.source)
        case .text(let text):
            var resolved = ""
            for piece in text.pieces {
                switch piece {
                case .literal(let literal): resolved += literal
                case .reference(let reference):
                    resolved += lenientValue(of: reference)?.embedded ?? reference.source
                }
            }
            return .string(resolved)
        case .array(let nodes): return .array(nodes.map { lenientValue(of: $0) })
        case .object(let members):
            var values: [String: JSON] = [:]
            for member in members { values[member.name] = lenientValue(of: member.node) }
            return .object(values)
        }
    }

    private mutating func lenientValue(of reference: Reference) -> JSON? {
        do { return try value(of: reference) } catch { return nil }
    }

    private mutating func value(of reference: Reference) throws(TemplateError) -> JSON {
        let value: JSON
        switch reference.target {
        case .path(let path):
            guard let found = found(path) ?? reference.fallback else {
                throw .notFound("\(path)", hint: knowledge.hint(for: path))
            }
            value = found
        case .secret(let name):
            guard let secrets else {
                throw .notFound(
                    "secrets.\(name)",
                    hint: "secrets are not resolved here, where values are recorded"
                )
            }
            guard let found = secrets(name).map({ .string($0) }) ?? reference.fallback else {
                throw .notFound("secrets.\(name)", hint: "no secret of that name is stored")
            }
            value = found
        }
        guard value.fits(&allowance) else {
            throw TemplateError(
                "the values of the placeholders are too large together",
                hint: "refer to fewer or smaller values; \(Template.maximumSize) bytes are allowed"
            )
        }
        return value
    }

    /// What is at a path, for which digits are a name and not a place in a list.
    ///
    /// Templates are as strict as the graphs that they were taken over from; `[0]` is for lists.
    private func found(_ path: Path) -> JSON? {
        for (count, segment) in path.segments.enumerated().dropFirst() {
            guard case .name = segment, segment.index != nil else { continue }
            if case .array = knowledge.value(at: Path(path.segments.prefix(count))) { return nil }
        }
        return knowledge.value(at: path)
    }
}

extension JSON {
    /// What stands for the value within a text.
    fileprivate var embedded: String { stringValue ?? description }

    /// Takes about the length of its text from an allowance, unless that is less.
    fileprivate func fits(_ allowance: inout Int) -> Bool {
        switch self {
        case .null, .bool: allowance -= 4
        case .integer, .number: allowance -= 8
        case .string(let text): allowance -= text.utf8.count + 2
        case .array(let elements):
            allowance -= 2
            for element in elements where !element.fits(&allowance) { return false }
        case .object(let members):
            allowance -= 2
            for (name, member) in members {
                allowance -= name.utf8.count + 4
                guard member.fits(&allowance) else { return false }
            }
        }
        return allowance >= 0
    }
}
