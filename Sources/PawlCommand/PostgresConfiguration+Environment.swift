import Postgres
import Subprocess

extension PostgresConfiguration {
    /// A URL that connects to the same database.
    func url(redacted: Bool = false) -> String {
        let defaults = PostgresConfiguration().keywords
        let keywords = keywords.filter {
            defaults[$0.key] != $0.value && $0.key != "dbname" && $0.key != "application_name"
                && !(redacted && $0.key.contains("password"))
        }
        let query = keywords.sorted { $0.key < $1.key }
            .map { "\($0.key)=\(Self.encoded($0.value))" }
            .joined(separator: "&")
        return "postgresql:///" + Self.encoded(database ?? "") + (query.isEmpty ? "" : "?" + query)
    }

    /// The variables that make other programs connect to the same database.
    var environment: [String: String] {
        var variables = ["DATABASE_URL": url()]
        variables["PGHOST"] = host
        variables["PGPORT"] = port.map { String($0) }
        variables["PGUSER"] = user
        variables["PGDATABASE"] = database
        variables["PGPASSWORD"] = password
        return variables
    }

    private static func encoded(_ text: String) -> String {
        let plain = Set(
            "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~/:,".utf8
        )
        return text.utf8.reduce(into: "") { encoded, byte in
            if plain.contains(byte) {
                encoded.unicodeScalars.append(Unicode.Scalar(byte))
            } else {
                encoded += "%" + (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: true)
            }
        }
    }
}

extension Environment {
    /// Changes to an environment, as subprocesses want them.
    static func updates(_ variables: [String: String]) -> [Key: String?] {
        var updates: [Key: String?] = [:]
        for (name, value) in variables {
            if let key = Key(rawValue: name) { updates[key] = value }
        }
        return updates
    }
}
