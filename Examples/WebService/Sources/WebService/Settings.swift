import Logging
import Pawl

/// What the environment says about the service.
struct Settings: Sendable {
    /// From `DATABASE_URL`; what that leaves out, from libpq's own variables, such as `PGHOST`.
    let database: PostgresConfiguration
    /// The address to listen at, from `HOST`; by default this machine's alone.
    let host: String
    /// The port to listen at, from `PORT`; by default 8080, and with 0 one that is free.
    let port: Int
    /// What is logged, from `LOG_LEVEL`; by default `info`; spans need `debug`.
    let logLevel: Logger.Level

    init(environment: [String: String]) throws {
        database = try PostgresConfiguration(
            url: environment["DATABASE_URL"],
            environment: environment
        )
        host = environment["HOST"] ?? "127.0.0.1"
        port = try Self.value(of: "PORT", in: environment) { Int($0) } ?? 8_080
        logLevel = try Self.value(of: "LOG_LEVEL", in: environment) { .init(rawValue: $0) } ?? .info
    }

    private static func value<Value>(
        of name: String,
        in environment: [String: String],
        _ read: (String) -> Value?
    ) throws -> Value? {
        guard let text = environment[name] else { return nil }
        guard let value = read(text) else { throw InvalidSetting(name: name, text: text) }
        return value
    }
}

/// A variable of the environment does not say what it has to.
struct InvalidSetting: Error, CustomStringConvertible {
    let name: String
    let text: String

    var description: String { "cannot read \(name): \"\(text)\"" }
}
