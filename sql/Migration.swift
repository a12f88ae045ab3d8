/// A numbered change of the schema: one file under `sql/migrations`, embedded by the build.
///
/// `Migrations.all` has them in order, numbered from 1 without a gap.
package struct Migration: Hashable, Sendable {
    package let version: Int
    package let name: String
    package let sql: String

    /// Tells whether the text is still the one that was applied: 16 hexadecimal digits.
    ///
    /// It notices an accident, such as an edited file. It is no protection against intent.
    package var fingerprint: String {
        // FNV-1a with 64 bits, because `Hasher` gives other values in each process.
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        for byte in sql.utf8 {
            hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01b3
        }
        let digits = String(hash, radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }
}
