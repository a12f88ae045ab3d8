extension String {
    /// The text as one word of a shell, in quotes if it needs them.
    var shellWord: String {
        let plain = Set(
            "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._/:@%+=,".utf8
        )
        if !isEmpty, utf8.allSatisfy(plain.contains) { return self }
        return "'"
            + split(separator: "'", omittingEmptySubsequences: false).joined(separator: #"'\''"#)
            + "'"
    }
}
