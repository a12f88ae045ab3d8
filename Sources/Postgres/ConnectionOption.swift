import CLibPQ

/// A connection keyword as libpq knows it.
struct ConnectionOption {
    let keyword: String
    let variable: String?
    let value: String?

    /// Every keyword of this libpq, without values.
    static func all() -> [ConnectionOption] {
        guard let options = PQconndefaults() else { return [] }
        defer { PQconninfoFree(options) }
        return read(options).map {
            ConnectionOption(keyword: $0.keyword, variable: $0.variable, value: nil)
        }
    }

    /// Reads a connection URL or connection string.
    static func parse(_ text: String) throws(PostgresError) -> [ConnectionOption] {
        var reason: UnsafeMutablePointer<CChar>?
        guard !text.utf8.contains(0), let options = PQconninfoParse(text, &reason) else {
            defer { PQfreemem(reason) }
            throw PostgresError(
                "cannot read the connection string: "
                    + (reason.map { withoutSecrets(String(cString: $0)) } ?? "it is no text"),
                remedy: .bug,
                hint: "write postgresql://user:password@host:port/database "
                    + "or host=… port=… dbname=… user=…"
            )
        }
        defer { PQconninfoFree(options) }
        return read(options)
    }

    private static func read(
        _ options: UnsafeMutablePointer<PQconninfoOption>
    )
        -> [ConnectionOption]
    {
        var all: [ConnectionOption] = []
        var next = options
        while let keyword = next.pointee.keyword {
            all.append(
                ConnectionOption(
                    keyword: String(cString: keyword),
                    variable: next.pointee.envvar.map { String(cString: $0) },
                    value: next.pointee.val.map { String(cString: $0) }
                )
            )
            next += 1
        }
        return all
    }

    /// Masks what libpq quotes, because it may be a password or have one in it.
    ///
    /// The name of an unknown option is left: that is the most common mistake.
    private static func withoutSecrets(_ reason: String) -> String {
        let line = reason.split(whereSeparator: \.isNewline).first.map(String.init) ?? reason
        if line.hasPrefix("invalid connection option") || line.hasPrefix("invalid URI query") {
            return line
        }
        let parts = line.split(separator: "\"", omittingEmptySubsequences: false)
        // A quoted part that has quotes in it would turn the rest inside out.
        guard parts.count > 1 else { return line }
        return parts[0] + "\"…\"" + (parts.count == 3 ? parts[2] : "")
    }
}
