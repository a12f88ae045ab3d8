import PawlNodes

extension WorldNodesConfiguration {
    /// What the environment allows: hosts and addresses in `PAWL_HTTP_ALLOW`, programs in
    /// `PAWL_COMMANDS`, each separated by commas or spaces.
    init(environment: [String: String]) throws {
        self.init()
        do {
            httpAllow = try HTTPAllowList(Self.entries(environment["PAWL_HTTP_ALLOW"]))
        } catch {
            throw Complaint("PAWL_HTTP_ALLOW: \"\(error.entry)\" is no host", hint: error.hint)
        }
        commands = Self.entries(environment["PAWL_COMMANDS"])
        if let entry = commands.first(where: { $0.contains("/") && !$0.hasPrefix("/") }) {
            throw Complaint(
                "PAWL_COMMANDS: \"\(entry)\" is neither a name nor an absolute path",
                hint: "write names that are looked up along PATH, absolute paths, or * for all"
            )
        }
    }

    private static func entries(_ text: String?) -> [String] {
        (text ?? "").split { $0 == "," || $0.isWhitespace }.map(String.init)
    }
}
