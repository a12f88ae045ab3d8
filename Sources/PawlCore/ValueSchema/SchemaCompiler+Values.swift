/// The values of keywords: each gives `nil`, and records a problem, if it is not what it should be.
extension SchemaCompiler {
    mutating func number(_ name: String, _ keywords: Keywords) -> JSON? {
        guard let value = keywords[name] else { return nil }
        guard value.doubleValue?.isFinite == true else {
            report(keywords.location, name, "\"\(name)\" is a number")
            return nil
        }
        return value
    }

    mutating func count(_ name: String, _ keywords: Keywords) -> Int? {
        guard let value = keywords[name] else { return nil }
        guard let number = value.doubleValue, number >= 0, number == number.rounded() else {
            report(keywords.location, name, "\"\(name)\" is a whole number, 0 or more")
            return nil
        }
        return value.intValue ?? .max  // Nothing is that long.
    }

    mutating func text(_ name: String, _ keywords: Keywords) -> String? {
        guard let value = keywords[name] else { return nil }
        guard let text = value.stringValue else {
            report(keywords.location, name, "\"\(name)\" is a text")
            return nil
        }
        return text
    }

    mutating func list(_ name: String, _ keywords: Keywords) -> [JSON]? {
        guard let value = keywords[name] else { return nil }
        guard let items = value.arrayValue else {
            report(keywords.location, name, "\"\(name)\" is a list")
            return nil
        }
        return items
    }

    mutating func object(_ name: String, _ keywords: Keywords) -> [String: JSON]? {
        guard let value = keywords[name] else { return nil }
        guard let members = value.objectValue else {
            report(keywords.location, name, "\"\(name)\" is an object")
            return nil
        }
        return members
    }

    /// The keys in a list, each once and in order.
    mutating func names(_ list: JSON, _ name: String, _ keywords: Keywords) -> [String] {
        let texts = list.arrayValue?.compactMap(\.stringValue)
        guard let texts, texts.count == list.arrayValue?.count else {
            report(keywords.location, name, "\"\(name)\" lists the names of members")
            return []
        }
        return Set(texts).sorted()
    }

    mutating func pattern(_ text: String, _ name: String, _ keywords: Keywords) -> Pattern? {
        do {
            return try Pattern(text)
        } catch {
            let place = "at character \(error.offset + 1)"
            report(
                keywords.location,
                name,
                "\(text.excerpt) is not a pattern: \(error.message), \(place)",
                hint: error.hint
            )
            return nil
        }
    }

    mutating func schema(_ name: String, _ keywords: Keywords) -> Int? {
        part(name, of: keywords.location).map { rule(at: $0) }
    }

    mutating func schemas(listed name: String, _ keywords: Keywords) -> [Int]? {
        guard let items = list(name, keywords), let list = part(name, of: keywords.location) else {
            return nil
        }
        guard !items.isEmpty else {
            report(keywords.location, name, "\"\(name)\" lists no schema")
            return nil
        }
        return items.indices.compactMap { part(String($0), of: list) }.map { rule(at: $0) }
    }

    /// The schemas in an object by their keys, in the order of these.
    mutating func schemas(
        named name: String,
        _ keywords: Keywords
    ) -> [(key: String, rule: Int)] {
        guard let members = object(name, keywords), let whole = part(name, of: keywords.location)
        else { return [] }
        return members.keys.sorted().compactMap { key in
            part(key, of: whole).map { (key, rule(at: $0)) }
        }
    }
}
