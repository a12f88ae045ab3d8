/// A licence, and words by which its text is known.
struct KnownText {
    let licence: Licence
    /// It is known by any of them, spelled as ``PlainText`` spells.
    let phrases: [String]

    private init(_ name: String, _ licenceClass: LicenceClass, _ phrases: String...) {
        licence = Licence(name, licenceClass)
        self.phrases = phrases
    }

    /// The licences whose texts, or grants, are in a text.
    static func licences(in text: PlainText) -> [Licence] {
        let named = all.filter { $0.phrases.contains(where: text.contains) }.map(\.licence)
        let found = named + bsd(in: text) + GNUGrant.licences(in: text)
        // Only if there is nothing better: the words are those of many licences.
        return found.isEmpty && notice.phrases.contains(where: text.contains)
            ? [notice.licence] : found
    }

    /// The licences of Berkeley, which differ in the clauses that they have.
    private static func bsd(in text: PlainText) -> [Licence] {
        guard text.contains("redistribution and use in source and binary forms") else { return [] }
        if text.contains("advertising materials mentioning") {
            return [Licence("BSD-4-clause", .permissive)]
        }
        let hasThird = text.contains("endorse or promote") || text.contains("neither the name")
        return [Licence(hasThird ? "BSD-3-clause" : "BSD-2-clause", .permissive)]
    }

    private static let all: [KnownText] = [
        KnownText(
            "MIT",
            .permissive,
            "permission is hereby granted, free of charge, to any person"
        ),
        KnownText(
            "ISC",
            .permissive,
            "and distribute this software for any purpose with or without fee",
            "and/or distribute this software for any purpose with or without fee"
        ),
        KnownText(
            "HPND",
            .permissive,
            "permission to use, copy, modify, distribute,",
            "permission to use, copy, modify, and distribute this software and its",
            "permission to use, copy, modify and distribute this software and its",
            "permission to use, copy, modify, distribute and sell",
            "without written agreement and without license"
        ),
        KnownText("Tcl", .permissive, "hereby grant permission to use, copy, modify"),
        KnownText(
            "Apache-2.0",
            .permissive,
            "apache license, version 2.0",
            "apache license version 2.0",
            "apache license v. 2.0",
            "apache.org/licenses/license-2.0"
        ),
        KnownText("Zlib", .permissive, "altered source versions must be plainly marked"),
        KnownText("Info-ZIP", .permissive, "info-zip license"),
        KnownText("PSF-2", .permissive, "python software foundation license"),
        KnownText("BSL-1.0", .permissive, "boost software license"),
        KnownText(
            "OLDAP-2.8",
            .permissive,
            "the openldap public license",
            "same terms as openldap itself"
        ),
        KnownText(
            "Artistic",
            .permissive,
            "terms of the artistic license",
            "under the artistic license",
            "the artistic license preamble",
            "same terms as perl itself"
        ),
        KnownText(
            "CC0-1.0",
            .permissive,
            "creativecommons.org/publicdomain/zero",
            "cc0 1.0 universal"
        ),
        KnownText(
            "public-domain",
            .permissive,
            "in the public domain",
            "into the public domain",
            "into public domain",
            "to the public domain",
            "is public domain",
            "are public domain",
            "public domain, written by"
        ),
        KnownText(
            "MPL-2.0",
            .copyleft,
            "mozilla public license, v. 2.0",
            "mozilla public license, version 2.0",
            "mozilla public license version 2.0"
        ),
        KnownText("MPL-1.1", .copyleft, "mozilla public license version 1.1"),
        KnownText("OFL-1.1", .copyleft, "sil open font license"),
        KnownText("SMAIL-GPL", .copyleft, "smail general public license"),
        KnownText("EPL-1.0", .copyleft, "eclipse public license"),
        KnownText(
            "CC-BY-SA",
            .copyleft,
            "creative commons attribution-share alike",
            "creative commons attribution-sharealike"
        ),
        KnownText(
            "restricted",
            .proprietary,
            "for non-commercial use only",
            "for noncommercial use only",
            "for non-commercial purposes only",
            "proprietary and confidential",
            "confidential and proprietary",
            "may not be reproduced or distributed",
            "may not be copied or distributed",
            "redistribution is not permitted",
            "redistribution is prohibited"
        ),
    ]

    /// A few words that allow everything, under no name.
    private static let notice = KnownText(
        "permissive-notice",
        .permissive,
        "redistribution and use",
        "redistribution and modification is permitted",
        "redistribution in source and binary forms is permitted",
        "is permitted without restriction",
        "no restrictions on further dissemination",
        "permission is hereby granted",
        "permission is granted to",
        "permission to use, copy",
        "permission to copy, use",
        "permission granted to use",
        "permission has been granted to copy",
        "is granted, free of charge",
        "unlimited permission to copy",
        "license is hereby granted",
        "license to copy and use this software is granted",
        "rights are granted to use this software in any way",
        "grants you the right to use, modify, and distribute",
        "copying and distribution of this file, with or without modification, are permitted",
        "may be freely used",
        "may be used freely",
        "may be used for any purpose",
        "may be modified, used, copied, and redistributed",
        "in any way he or she deems fit",
        "you are free to use",
        "you can do whatever you want",
        "you can use, modify, distribute",
        "you may freely use, modify, and distribute",
        "free for any use",
        "freely distributable",
        "are unencumbered",
        "disclaims copyright to this source code",
        // A licence's own text: it may be passed on as it is, and is no software.
        "copies of this license document"
    )
}
