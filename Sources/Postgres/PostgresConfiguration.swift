/// Where the server is and how to speak to it.
///
/// What is not set is libpq's to decide: it reads the password file, the service file and its own
/// environment variables when it connects.
public struct PostgresConfiguration: Sendable, Hashable {
    /// libpq's connection keywords, such as `host` or `sslmode`, and their values.
    public private(set) var keywords: [String: String]

    /// Whether statements are prepared once a connection and then called by name.
    ///
    /// Set it to false behind a pooler that gives each transaction another connection.
    /// Defaults to true.
    public var preparesStatements = true

    /// Settings for each session, such as `statement_timeout`: sent with the connection's first
    /// message, so they cost no round trip.
    ///
    /// Defaults to none. Some poolers refuse any.
    public var settings: [String: String] = [:]

    /// What makes a lost network be noticed in five seconds instead of minutes or never.
    ///
    /// It works so: a silent connection is probed after two, three times, one second apart, and
    /// what was sent must be acknowledged within four.
    private static let defaults = [
        "connect_timeout": "5",
        "keepalives_idle": "2",
        "keepalives_interval": "1",
        "keepalives_count": "3",
        "tcp_user_timeout": "4000",
        "client_encoding": "UTF8",
    ]

    /// Creates a configuration from libpq's connection keywords.
    public init(keywords: [String: String] = [:]) {
        self.keywords = keywords.merging(Self.defaults) { given, _ in given }
    }

    /// Reads a URL, or text such as `host=localhost dbname=app`, and an environment.
    ///
    /// The environment gives what the URL leaves out, in libpq's variables: `PGHOST`,
    /// `PGPASSWORD` and so on.
    ///
    /// - Throws: An error if the text is malformed; it does not repeat what may be secret.
    public init(
        url: String?,
        environment: [String: String] = [:]
    ) throws(PostgresError) {
        var keywords: [String: String] = [:]
        for option in ConnectionOption.all() {
            if let variable = option.variable, let value = environment[variable], !value.isEmpty {
                keywords[option.keyword] = value
            }
        }
        if let url {
            for option in try ConnectionOption.parse(url) {
                if let value = option.value { keywords[option.keyword] = value }
            }
        }
        self.init(keywords: keywords)
    }

    /// The value of a keyword of libpq; setting it to `nil` gives it back to libpq.
    public subscript(keyword keyword: String) -> String? {
        get { keywords[keyword] }
        set { keywords[keyword] = newValue }
    }

    /// The server's name, address, or folder with its socket.
    public var host: String? {
        get { self[keyword: "host"] }
        set { self[keyword: "host"] = newValue }
    }

    /// The server's port.
    public var port: Int? {
        get { self[keyword: "port"].flatMap { Int($0) } }
        set { self[keyword: "port"] = newValue.map { String($0) } }
    }

    /// The database.
    public var database: String? {
        get { self[keyword: "dbname"] }
        set { self[keyword: "dbname"] = newValue }
    }

    /// The role to log in as.
    public var user: String? {
        get { self[keyword: "user"] }
        set { self[keyword: "user"] = newValue }
    }

    /// The role's password.
    public var password: String? {
        get { self[keyword: "password"] }
        set { self[keyword: "password"] = newValue }
    }

    /// The name that the server's views and logs show for these connections.
    public var applicationName: String? {
        get { self[keyword: "application_name"] }
        set { self[keyword: "application_name"] = newValue }
    }
}

extension PostgresConfiguration {
    /// The keywords to connect with, `settings` among them.
    var connectionKeywords: [String: String] {
        guard !settings.isEmpty else { return keywords }
        var all = keywords
        let options = settings.sorted { $0.key < $1.key }.map { name, value in
            "-c \(escaped(name))=\(escaped(value))"
        }
        all["options"] = ([keywords["options"]].compactMap(\.self) + options)
            .joined(separator: " ")
        return all
    }
}

extension PostgresConfiguration: CustomStringConvertible, CustomDebugStringConvertible,
    CustomReflectable
{
    /// The keywords that were set, without passwords.
    public var description: String {
        keywords
            .filter { Self.defaults[$0.key] != $0.value }
            .sorted { $0.key < $1.key }
            .map { "\($0.key)=\(Self.isSecret($0.key) ? "***" : $0.value)" }
            .joined(separator: " ")
    }

    /// The same as ``description``.
    public var debugDescription: String { description }

    /// A mirror that shows no password either.
    public var customMirror: Mirror { Mirror(self, children: ["keywords": description]) }

    private static func isSecret(_ keyword: String) -> Bool { keyword.contains("password") }
}

/// Server options are split at spaces, and a backslash keeps one.
private func escaped(_ text: String) -> String {
    text.reduce(into: "") { escaped, character in
        if character == " " || character == "\\" { escaped.append("\\") }
        escaped.append(character)
    }
}
