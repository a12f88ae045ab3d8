import Testing

@testable import LicenceText

struct LicenceTests {
    @Test(arguments: [
        ("GPL-2+", "GPL-2+", LicenceClass.copyleft), ("gpl-2.0+", "GPL-2+", .copyleft),
        ("GPLv3", "GPL-3", .copyleft), ("GPL", "GPL", .copyleft),
        ("LPGL-2.1+", "LGPL-2.1+", .copyleft),
        ("LGPL-3.0", "LGPL-3", .copyleft), ("GFDL-NIV-1.3+", "GFDL-1.3+", .copyleft),
        ("GFDL-1.3+-no-invariant", "GFDL-1.3+", .copyleft), ("AGPL-3+", "AGPL-3+", .copyleft),
        ("Expat", "MIT", .permissive), ("MIT/X11", "MIT", .permissive),
        ("BSD-3-Clause", "BSD-3-clause", .permissive),
        ("BSD-4-clause-UC", "BSD-4-clause", .permissive),
        ("Apache-2", "Apache-2.0", .permissive), ("solely", "", .unknown),
        ("mpl-2.0", "MPL-2.0", .copyleft),
        ("CC-BY-NC-4.0", "CC-BY-NC-4.0", .proprietary), ("GPL-friendly", "", .unknown),
    ])
    func `each spelling of a short name is one licence`(
        spelling: String,
        name: String,
        licenceClass: LicenceClass
    ) {
        let expected = name.isEmpty ? nil : Licence(name, licenceClass)
        #expect(Licence(shortName: spelling) == expected)
    }

    @Test(arguments: [
        (
            "GPL-2+ with Autoconf exception", "GPL-2+ with autoconf exception",
            LicenceClass.permissive
        ),
        ("GPL-3+-WITH-BISON-EXCEPTION", "GPL-3+ with bison exception", .permissive),
        ("GPL-2+-libtool-exception", "GPL-2+ with libtool exception", .permissive),
        ("GPL with Classpath exception", "GPL with classpath exception", .copyleft),
        (
            "GPL-2 with Linux-syscall-note exception", "GPL-2 with linux-syscall-note exception",
            .copyleft
        ),
    ])
    func `an exception for build tools asks nothing, any other one changes nothing`(
        spelling: String,
        name: String,
        licenceClass: LicenceClass
    ) {
        #expect(Licence(shortName: spelling) == Licence(name, licenceClass))
    }

    @Test func `what is unknown may ask more than anything else`() {
        #expect(LicenceClass.allCases.max() == .unknown)
        #expect([LicenceClass.copyleft, .proprietary, .permissive].max() == .proprietary)
    }
}
