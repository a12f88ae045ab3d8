/// How much later than its time a tick is fired, so that not all schedules fire at once.
package enum Jitter {
    /// Returns a delay of at least zero and less than `seconds`, to a microsecond.
    ///
    /// It is the same for the same schedule and tick everywhere and always, and otherwise spread
    /// evenly: the name and the tick (eight bytes, the least first) are hashed with FNV-1a in 64
    /// bits, and the hash is mixed as SplitMix64 mixes its state, because FNV-1a alone spreads short
    /// texts badly.
    package static func delay(
        of schedule: String,
        tick: Int64,
        below seconds: Int64
    ) -> Duration {
        guard seconds > 0 else { return .zero }
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        func add(_ byte: UInt8) {
            hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01b3
        }
        for byte in schedule.utf8 { add(byte) }
        let bits = UInt64(bitPattern: tick)
        for place in UInt64(0)..<8 { add(UInt8(truncatingIfNeeded: bits >> (place * 8))) }
        hash = (hash ^ (hash >> 30)) &* 0xbf58_476d_1ce4_e5b9
        hash = (hash ^ (hash >> 27)) &* 0x94d0_49bb_1331_11eb
        hash ^= hash >> 31
        // The hash as a fraction of 2^64; a thousand years fit.
        let most = UInt64(min(seconds, 365_000 * 86_400)) * 1_000_000
        return .microseconds(Int64(hash.multipliedFullWidth(by: most).high))
    }
}
