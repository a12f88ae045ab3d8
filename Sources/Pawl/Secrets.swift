/// Where the secrets come from that configs name as `{{secrets.NAME}}`.
///
/// They are looked up when a handler reads its node's config, and never recorded by Pawl.
public struct Secrets: Sendable {
    private let lookUp: @Sendable (String) -> String?

    /// No secret is known.
    public static let none = Secrets { _ in nil }

    /// Creates a source; `lookUp` gives a secret by its name, or `nil`.
    public init(_ lookUp: @escaping @Sendable (String) -> String?) {
        self.lookUp = lookUp
    }

    func value(of name: String) -> String? { lookUp(name) }
}
