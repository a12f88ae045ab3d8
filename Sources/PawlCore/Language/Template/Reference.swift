/// A placeholder of a template.
struct Reference: Hashable, Sendable {
    /// What it stands for.
    enum Target: Hashable, Sendable {
        /// A value that is known, at a path.
        case path(Path)
        /// The secret of a name, which only a dispatcher gives out.
        case secret(String)
    }

    let target: Target
    /// What it stands for if nothing is there.
    let fallback: JSON?
    /// How it is written, with its braces.
    let source: String

    /// Tells a secret from a path by its first name.
    init(path text: String, fallback: JSON?, source: String) {
        let path = Path(text)
        if path.segments.first == .name("secrets") {
            let names = path.segments.dropFirst().map { segment in
                switch segment {
                case .name(let name): name
                case .index(let index): "[\(index)]"
                }
            }
            target = .secret(names.joined(separator: "."))
        } else {
            target = .path(path)
        }
        self.fallback = fallback
        self.source = source
    }
}
