/// References to the licences that Debian keeps in `/usr/share/common-licenses`.
enum CommonLicence {
    static func licences(in text: PlainText) -> [Licence] {
        text.surroundings(of: "/usr/share/common-licenses/", before: 0, after: 16)
            .compactMap { _, after in
                var name = after.prefix {
                    $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "-" || $0 == ".")
                }
                while name.last == "." || name.last == "-" { name.removeLast() }
                return name == "bsd"
                    ? Licence("BSD-3-clause", .permissive) : Licence(shortName: String(name))
            }
    }
}
