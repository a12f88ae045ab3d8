/// What a setting of the server should be, and why.
struct SettingRule: Sendable {
    let name: String
    /// The values that are not good, and what they are instead.
    let bad: [String: Finding.Verdict]
    let hint: String

    static let all = [
        SettingRule(
            name: "synchronous_commit",
            bad: ["off": .fail, "local": .warn],
            hint: """
                what was acknowledged could be lost; set it to on: \
                alter database … set synchronous_commit = on
                """
        ),
        SettingRule(
            name: "fsync",
            bad: ["off": .fail],
            hint: "a crash of the machine destroys the database; set it to on"
        ),
        SettingRule(
            name: "full_page_writes",
            bad: ["off": .fail],
            hint: "a crash of the machine can destroy pages; set it to on"
        ),
        SettingRule(
            name: "autovacuum",
            bad: ["off": .fail],
            hint: "dead rows are never removed, and everything becomes slow; set it to on"
        ),
        SettingRule(
            name: "track_counts",
            bad: ["off": .fail],
            hint: "autovacuum does nothing without it; set it to on"
        ),
        SettingRule(
            name: "track_activities",
            bad: ["off": .warn],
            hint: "nobody can see what a session does; set it to on"
        ),
        SettingRule(
            name: "default_transaction_read_only",
            bad: ["on": .fail],
            hint: "nothing can be written; set it to off"
        ),
        SettingRule(
            name: "default_transaction_isolation",
            bad: ["serializable": .fail, "repeatable read": .fail, "read uncommitted": .fail],
            hint: """
                a lock's last holder would not be seen; set it to 'read committed' for this role \
                or database
                """
        ),
        SettingRule(
            name: "wal_compression",
            bad: ["off": .note],
            hint: "pages are written to WAL in full after each checkpoint; set it to on, or to lz4"
        ),
        SettingRule(
            name: "track_io_timing",
            bad: ["off": .note],
            hint: "nobody can see whether the disk is slow; set it to on"
        ),
        SettingRule(
            name: "idle_in_transaction_session_timeout",
            bad: ["0": .warn],
            hint: """
                a program that forgets its transaction keeps dead rows for ever; \
                set it, for example to 5min
                """
        ),
    ]

    func finding(_ value: String) -> Finding {
        let verdict = bad[value] ?? .ok
        return Finding(name, verdict, value, hint: verdict == .ok ? nil : hint)
    }
}
