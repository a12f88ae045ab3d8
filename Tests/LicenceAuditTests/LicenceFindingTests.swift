import Testing

@testable import LicenceText

struct LicenceFindingTests {
    private func find(_ text: String) -> LicenceFinding { LicenceFinding(file: Array(text.utf8)) }

    private static let format =
        "Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/\n\n"

    @Test func `a machine-readable file is read by its fields`() {
        let found = find(
            Self.format + """
                Files: *
                Copyright: somebody
                License: Expat

                Files: lib/*
                License: LGPL-2.1+ and Expat
                 The text.
                """
        )
        #expect(found.licences == ["LGPL-2.1+", "MIT"])
        #expect(found.licenceClass == .copyleft)
        #expect(found.source == .fields)
    }

    @Test func `the licence of the packaging is not that of the package`() {
        let found = find(
            Self.format + """
                Files: *
                License: Expat

                Files: debian/*
                 debian/patches/*
                License: GPL-2+
                """
        )
        #expect(found.licences == ["MIT"])
        #expect(found.licenceClass == .permissive)
    }

    @Test func `a name that says nothing is explained by its text`() {
        let found = find(
            Self.format + """
                Files: *
                License: Jam

                License: Jam
                 License is hereby granted to use this software and distribute it freely.
                """
        )
        #expect(found.licences == ["Jam"])
        #expect(found.licenceClass == .permissive)
        #expect(found.source == .fieldsAndTexts)
    }

    @Test func `a text without a name is known by itself`() {
        let found = find(
            Self.format + """
                Files: *
                License:
                 Permission is hereby granted, free of charge, to any person obtaining a copy
                """
        )
        #expect(found.licences == ["MIT"])
        #expect(found.licenceClass == .permissive)
    }

    @Test func `what neither name nor text explain is unclear, and makes all unknown`() {
        let found = find(
            Self.format + """
                Files: *
                License: GPL-3+

                Files: doc/draft
                License: RFC-Reference
                 This document may be copied and furnished to others.
                """
        )
        #expect(found.licenceClass == .unknown)
        #expect(found.unclear == ["RFC-Reference"])
    }

    @Test func `an unclear alternative troubles nobody`() {
        let found = find(Self.format + "Files: *\nLicense: GPL-2+ or Whatever\n")
        #expect(found.licences == ["GPL-2+", "Whatever"])
        #expect(found.licenceClass == .copyleft)
        #expect(found.unclear.isEmpty)
    }

    @Test(arguments: [
        (
            "under the terms of the GNU General Public\nLicense as published by the FSF; either version 2, or (at your option) any later version.",
            "GPL-2+"
        ),
        ("is under the GNU Lesser General Public License, v2.1.", "LGPL-2.1"),
        ("terms of version 3 of the GNU General Public License.", "GPL-3"),
        (
            "under the GNU General Public License (v3 or later) with version 3.1 of the GCC exception",
            "GPL-3+"
        ),
        ("covered by the GNU GPL.", "GPL"),
    ])
    func `a grant of a GNU licence tells the version`(text: String, name: String) {
        let found = find(text)
        #expect(found.licences == [name])
        #expect(found.licenceClass == .copyleft)
        #expect(found.source == .texts)
    }

    @Test(arguments: [
        "It is compatible with the GNU General Public License.",
        "It was previously distributed under the GNU General Public License.",
        "You should have received a copy of the GNU General Public License.",
    ])
    func `to name a licence is not to grant it`(text: String) {
        #expect(find(text).licences.isEmpty)
    }

    @Test func `a reference counts where there is no grant of that family`() {
        let bare = find("Released under the GPL; see /usr/share/common-licenses/GPL-3.")
        #expect(bare.licences == ["GPL-3"])
        #expect(bare.source == .references)
        let both = find(
            """
            under the terms of the GNU General Public License; either version 2 of the License, or
            any later version. See `/usr/share/common-licenses/GPL-2'.
            """
        )
        #expect(both.licences == ["GPL-2+"])
    }

    @Test(arguments: [
        ("", "BSD-2-clause"), ("Neither the name of the author may be used", "BSD-3-clause"),
        ("All advertising materials mentioning features", "BSD-4-clause"),
    ])
    func `the licences of Berkeley are told apart by their clauses`(clause: String, name: String) {
        let text = "Redistribution and use in source and binary forms are permitted. "
        #expect(find(text + clause).licences == [name])
    }

    @Test func `a restricted text is proprietary, whatever else is granted`() {
        let found = find(
            "For non-commercial use only. Parts: permission is hereby granted, free of charge, to any person"
        )
        #expect(found.licenceClass == .proprietary)
    }

    @Test(arguments: ["", "\n\n", "Copyright 2024 Nobody. All rights reserved.", "\u{FF}\0"])
    func `where nothing is said nothing is found`(text: String) {
        let found = find(text)
        #expect(found.licenceClass == .unknown)
        #expect(found.licences.isEmpty)
        #expect(found.source == .nothing)
    }
}
