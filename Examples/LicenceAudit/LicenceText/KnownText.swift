/// A licence, and words by which its text is known.
struct KnownText {
    let name: String
    let licenceClass: LicenceClass
    /// It is known by any of them.
    let phrases: [String]
    /// Unless one of them is there too.
    let exceptions: [String]

    private init(
        _ name: String,
        _ licenceClass: LicenceClass,
        _ phrases: [String],
        unless exceptions: [String] = []
    ) {
        self.name = name
        self.licenceClass = licenceClass
        self.phrases = phrases
        self.exceptions = exceptions
    }

    /// All of them, as they are spelled in ``PlainText``.
    static let all: [KnownText] = [
        KnownText(
            "MIT", .permissive, ["permission is hereby granted, free of charge, to any person"]),
        KnownText("BSD-4-clause", .permissive, ["all advertising materials mentioning"]),
        KnownText(
            "BSD-3-clause", .permissive, ["redistribution and use in source and binary forms"],
            unless: bsdWithoutThirdClause + ["all advertising materials mentioning"]),
        KnownText("ISC", .permissive, isc),
        KnownText(
            "HPND", .permissive,
            [
                "permission to use, copy, modify", "permission to use, copy and distribute",
                "permission is hereby granted, without written agreement",
                "permission is granted to use, copy, modify",
            ], unless: isc),
        KnownText("Tcl", .permissive, ["hereby grant permission to use, copy, modify"]),
        KnownText(
            "Apache-2.0", .permissive,
            [
                "apache license, version 2.0", "apache license version 2.0",
                "apache license v. 2.0", "apache.org/licenses/license-2.0",
            ]),
        KnownText("Zlib", .permissive, ["altered source versions must be plainly marked"]),
        KnownText("Info-ZIP", .permissive, ["info-zip license"]),
        KnownText("PSF-2", .permissive, ["python software foundation license"]),
        KnownText("Boost", .permissive, ["boost software license"]),
        KnownText("OLDAP-2.8", .permissive, ["the openldap public license"]),
        KnownText(
            "Artistic", .permissive,
            [
                "terms of the artistic license", "under the artistic license",
                "the artistic license preamble", "same terms as perl itself",
            ]),
        KnownText(
            "CC0-1.0", .permissive, ["creativecommons.org/publicdomain/zero", "cc0 1.0 universal"]),
        KnownText(
            "public-domain", .permissive,
            [
                "in the public domain", "into the public domain", "into public domain",
                "is public domain", "are public domain", "to the public domain",
                "public domain, written by",
            ]),
        KnownText(
            "MPL-2.0", .copyleft,
            ["mozilla public license, v. 2.0", "mozilla public license version 2.0"]),
        KnownText("MPL-1.1", .copyleft, ["mozilla public license version 1.1"]),
        KnownText("OFL-1.1", .copyleft, ["sil open font license"]),
        KnownText("EPL", .copyleft, ["eclipse public license"]),
        KnownText(
            "CC-BY-SA", .copyleft,
            ["creative commons attribution-share alike", "creative commons attribution-sharealike"]
        ),
        KnownText("GFDL", .copyleft, ["gnu free documentation license"]),
        KnownText(
            "proprietary", .proprietary,
            [
                "for non-commercial use only", "for noncommercial use only",
                "for non-commercial purposes only", "end user license agreement",
                "proprietary and confidential", "confidential and proprietary",
                "may not be reproduced or distributed", "may not be copied or distributed",
                "redistribution is not permitted", "redistribution is prohibited",
            ]),
        KnownText(notice, .permissive, noticePhrases, unless: noticeExceptions),
    ]

    /// The name of what nobody has named: a few words that allow everything.
    static let notice = "permissive-notice"

    private static let isc = [
        "permission to use, copy, modify, and distribute this software for any purpose with or without fee",
        "permission to use, copy, modify, and/or distribute this software for any purpose with or without fee",
        "permission to use, copy, modify and distribute this software for any purpose with or without fee",
    ]

    private static let bsdWithoutThirdClause: [String] = []

    private static let noticePhrases = [
        "redistribution and use", "permission is hereby granted", "permission is granted to",
        "permission granted to use", "license is hereby granted", "license is granted to",
        "license to copy and use this software is granted", "unlimited permission to copy",
        "copying and distribution of this file, with or without modification, are permitted",
        "may be freely used", "may be used freely", "you are free to use", "free to copy",
        "you can do whatever you want", "you can use, modify, distribute", "freely distributable",
        "may be modified, used, copied, and redistributed", "is unrestricted", "are unencumbered",
        // A licence's own text: it may be passed on as it is, and is no software.
        "copies of this license document",
    ]

    private static let noticeExceptions: [String] = []
}
