import ArgumentParser

/// A setting of a PostgreSQL server, as `--server-setting` takes it: `name=value`.
struct ServerSetting: ExpressibleByArgument, Sendable {
    let name: String
    let value: String

    init?(argument: String) {
        guard let sign = argument.firstIndex(of: "="), sign != argument.startIndex else {
            return nil
        }
        name = String(argument[..<sign])
        value = String(argument[argument.index(after: sign)...])
        // The server's arguments are one word each: what else is in a name would be an argument.
        guard name.allSatisfy({ $0.isASCII && ($0.isLetter || $0.isNumber || "_.".contains($0)) })
        else { return nil }
    }
}
