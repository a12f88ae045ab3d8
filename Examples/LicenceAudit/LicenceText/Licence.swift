/// A licence: its usual name, and what it asks.
public struct Licence: Hashable, Sendable {
    /// As copyright files spell it, such as `GPL-2+`; one spelling for each licence.
    public let name: String
    /// What it asks.
    public let licenceClass: LicenceClass

    /// Creates a licence.
    public init(_ name: String, _ licenceClass: LicenceClass) {
        self.name = name
        self.licenceClass = licenceClass
    }
}

extension Licence {
    /// What its versions and variants have in common: `GPL` of `GPL-2+`.
    var family: Substring { name.prefix { $0 != "-" && $0 != " " } }

    /// The licence that a short name in a copyright file stands for; `nil` if the name says nothing
    /// to those who have not read the text that goes with it.
    ///
    /// An exception for files that a build tool copies into every package (Autoconf, Automake,
    /// Libtool, Bison, Texinfo) lets them be used under any licence: such a file asks nothing.
    public init?(shortName: String) {
        let (base, exception) = Self.split(shortName)
        let plain = base.lowercased()
        guard let licence = Self.named[plain] ?? Self.gnu(plain) ?? Self.relative(plain) else {
            return nil
        }
        guard let exception else {
            self = licence
            return
        }
        let isForBuildTools = Self.buildTools.contains { exception.hasPrefix($0) }
        self.init(
            "\(licence.name) with \(exception) exception",
            isForBuildTools ? .permissive : licence.licenceClass
        )
    }

    private static let buildTools = ["autoconf", "automake", "libtool", "bison", "texinfo"]

    /// `GPL-2+ with Bison exception`, also spelled `GPL-2+-with-bison-exception`: what comes before
    /// `with`, and what is between `with` and `exception`.
    private static func split(_ shortName: String) -> (base: String, exception: String?) {
        let words = shortName.split(whereSeparator: { $0 == " " || $0 == "~" })
        if words.count >= 3, words[1].lowercased() == "with" {
            let rest = words.dropFirst(2).filter { !$0.lowercased().hasPrefix("exception") }
            return (String(words[0]), rest.joined(separator: " ").lowercased())
        }
        var parts = shortName.split(separator: "-")
        if parts.count >= 3, parts.last?.lowercased() == "exception" {
            parts.removeLast()
            let exception = parts.removeLast().lowercased()
            if parts.last?.lowercased() == "with" { parts.removeLast() }
            let base = parts.joined(separator: "-")
            if gnu(base.lowercased()) != nil { return (base, exception) }
        }
        return (words.joined(separator: " "), nil)
    }

    /// The GNU licences: a family, then a version, then perhaps `+` for later ones.
    private static func gnu(_ plain: String) -> Licence? {
        for (prefix, family) in [
            ("lgpl", "LGPL"), ("lpgl", "LGPL"), ("agpl", "AGPL"), ("gfdl", "GFDL"), ("gpl", "GPL"),
        ] where plain.hasPrefix(prefix) {
            // Without invariant sections: the only kind of GFDL that is free.
            var rest = plain.dropFirst(prefix.count)
                .replacing("-no-invariant", with: "").replacing("-niv", with: "")
            let allowsLater = rest.contains("+")
            rest.removeAll { $0 == "-" || $0 == "v" || $0 == "+" }
            if rest.hasSuffix(".0") { rest.removeLast(2) }
            guard rest.allSatisfy({ $0.isASCII && $0.isNumber || $0 == "." }) else { return nil }
            let version = rest.isEmpty ? "" : "-\(rest)"
            return Licence(family + version + (allowsLater ? "+" : ""), .copyleft)
        }
        return nil
    }

    /// Licences of which each project has a spelling, and often a word of its own in the name.
    private static func relative(_ plain: String) -> Licence? {
        for (prefixes, name) in families
        where prefixes.contains(where: { plain == $0 || plain.hasPrefix($0 + "-") }) {
            return Licence(name, .permissive)
        }
        return nil
    }

    private static let families: [([String], String)] = [
        (["bsd-4", "bsd-4-clause"], "BSD-4-clause"),
        (["bsd-3", "bsd3", "bsd-3-clause"], "BSD-3-clause"),
        (["bsd-2", "bsd2", "bsd-2-clause"], "BSD-2-clause"),
        (["bsd-1-clause"], "BSD-1-clause"),
        (["mit", "expat", "mit/x11", "mit/x"], "MIT"),
        (["isc"], "ISC"),
        (["x11", "mit/x consortium license"], "X11"),
        (["public-domain", "pd"], "public-domain"),
    ]

    /// Licences that have one name, in lower case, and other spellings of it.
    private static let named: [String: Licence] = {
        var named: [String: Licence] = [:]
        for (licenceClass, licences) in table {
            for spellings in licences {
                for spelling in spellings {
                    named[spelling.lowercased()] = Licence(spellings[0], licenceClass)
                }
            }
        }
        return named
    }()

    private static let table: [(LicenceClass, [[String]])] = [
        (
            .permissive,
            [
                ["0BSD"], ["AFL-2.0"], ["AFL-2.1"], ["AFL-3.0"], ["Artistic", "Artistic-1"],
                ["Artistic-2", "Artistic-2.0"], ["Apache-1.1"],
                ["Apache-2.0", "Apache", "Apache-2"],
                ["Apache-2.0 with LLVM exception", "APACHE-2-LLVM-EXCEPTIONS"],
                ["BSL-1.0", "BSL", "BSL-1", "Boost", "Boost-1.0"], ["Beerware"],
                ["bzip2-1.0.6"], ["CC-BY-3.0"], ["CC-BY-4.0"],
                ["CC0-1.0", "CC0", "CC-zero-waive-1.0-us"], ["curl"], ["EDL-1.0", "EDL-1"],
                ["FSFAP"], ["FSFUL"], ["FSFULLR"], ["FTL"], ["HPND"], ["ICU"], ["IJG"], ["libpng"],
                ["NTP"], ["OLDAP-2.8", "OpenLDAP-2.8", "OpenLDAP"],
                ["OpenSSL"], ["PostgreSQL"], ["PSF-2", "Python"], ["SSLeay"], ["Tcl", "TCL-like"],
                ["Unicode-DFS-2016"], ["Unlicense"], ["Vim"], ["W3C"], ["WTFPL"], ["Zlib"],
                ["ZPL-2.1"],
            ]
        ),
        (
            .copyleft,
            [
                ["CC-BY-SA-2.5"], ["CC-BY-SA-3.0"], ["CC-BY-SA-4.0"], ["CDDL-1.0", "CDDL"],
                ["CPL-1.0"], ["EPL-1.0"], ["EPL-2.0"], ["EUPL-1.2"], ["Linux-man-pages-copyleft"],
                ["MPL-1.1"], ["MPL-2.0", "MPL-2"], ["Ms-PL"], ["OFL-1.1", "SIL-1.1"], ["Sleepycat"],
                ["UFL-1.0"],
            ]
        ),
        (
            .proprietary,
            [
                ["CC-BY-NC-3.0"], ["CC-BY-NC-4.0"], ["CC-BY-NC-SA-3.0"], ["CC-BY-NC-SA-4.0"],
                ["CC-BY-ND-3.0"], ["CC-BY-ND-4.0"], ["CC-BY-NC-ND-4.0"], ["Proprietary"],
                ["SSPL-1.0"], ["BUSL-1.1"],
            ]
        ),
    ]
}
