import PawlCore
import PawlStore
import Postgres

/// What a doctor looks at, and what it makes of it.
struct Examination {
    private let session: Session

    init(_ session: Session) {
        self.session = session
    }

    func findings() throws -> [Finding] {
        let facts = try session.serverFacts()
        var findings = [server(facts), pooler(facts), extensions(facts), connections(facts)]
        findings += try settings()
        findings += try horizon()
        let status = try session.schemaStatus()
        if let obstacle = status.obstacle {
            let complaint = Complaint(obstacle: obstacle)
            findings.append(Finding("schema", .fail, complaint.message, hint: complaint.hint))
            // Nothing else can be read.
            return findings
        }
        findings.append(Finding("schema", .ok, "version \(status.applied.max() ?? 0)"))
        findings.append(try clock())
        findings += try StorageExamination(session, serverVersion: facts.versionNumber).findings()
        findings += try workers()
        findings += try schedules()
        return findings
    }

    private func server(_ facts: ServerFacts) -> Finding {
        let fact = "PostgreSQL \(facts.version), database \(facts.database), user \(facts.user)"
        if facts.versionNumber < 140_000 {
            return Finding("server", .fail, fact, hint: "Pawl needs PostgreSQL 14 or newer")
        }
        if facts.isStandby {
            return Finding(
                "server",
                .fail,
                fact + ", a standby",
                hint: "connect to the primary, with target_session_attrs=read-write"
            )
        }
        return Finding("server", .ok, fact)
    }

    private func pooler(_ facts: ServerFacts) -> Finding {
        // A pooler gives its own number to whom it connects.
        guard facts.processID != session.processID else {
            return Finding("pooler", .ok, "none between here and the server")
        }
        return Finding(
            "pooler",
            .warn,
            "the connection goes through a pooler",
            hint: """
                if it gives each transaction another connection: pawl worker --pooler, and \
                configuration.listens = false in your own; or connect workers directly
                """
        )
    }

    private func extensions(_ facts: ServerFacts) -> Finding {
        let names = facts.extensions.isEmpty ? "none" : facts.extensions.joined(separator: ", ")
        return Finding("extensions", .ok, "\(names); none is needed")
    }

    private func connections(_ facts: ServerFacts) -> Finding {
        let (used, limit) = facts.connections
        let fact = "\(used) of \(limit) in use"
        guard used * 10 >= limit * 8 else { return Finding("connections", .ok, fact) }
        return Finding(
            "connections",
            .warn,
            fact,
            hint: "a worker uses up to eight; raise max_connections, or put a pooler in between"
        )
    }

    private func clock() throws -> Finding {
        let before = Instant.now()
        let (server, shift) = try session.clocks()
        let after = Instant.now()
        let skew = (server - before) / 2 + (server - after) / 2
        let accuracy = (after - before) / 2
        let ahead = skew < .zero ? "behind" : "ahead of"
        let size = skew < .zero ? .zero - skew : skew
        guard shift == .zero else {
            return Finding(
                "clock",
                .warn,
                "pawl.now() is shifted by \(shift.short)",
                hint: "that is for tests; undo it: update pawl.clock set shift = '0'"
            )
        }
        guard size - accuracy > .seconds(2) else {
            return Finding("clock", .ok, "server and client differ by \(size.short)")
        }
        return Finding(
            "clock",
            .warn,
            "the server is \(size.short) \(ahead) this machine",
            hint: "Pawl only uses the server's clock; other programs may not: run a time service"
        )
    }

    private func horizon() throws -> [Finding] {
        let holders = try session.horizonHolders(limit: 3)
        guard !holders.isEmpty else {
            return [Finding("horizon", .ok, "nothing keeps dead rows from being removed")]
        }
        return holders.map { holder in
            let time = holder.time.map { ", open for \($0.short)" } ?? ""
            let activity = holder.activity.map { ": \($0)" } ?? ""
            let transactions = holder.transactions.counted("transaction", "transactions")
            let fact = "\(holder.name) holds it for \(transactions)\(time)\(activity)"
            // A minute of a busy queue makes some hundred thousand dead rows.
            let isLong =
                holder.time.map { $0 > .seconds(60) } ?? (holder.transactions > 100_000)
            guard isLong else { return Finding("horizon", .ok, fact) }
            return Finding(
                "horizon",
                .warn,
                fact,
                hint: "dead rows stay until it ends, and claims slow down; \(holder.remedy)"
            )
        }
    }

    private func workers() throws -> [Finding] {
        let workers = try session.workers()
        let lost = workers.filter { $0.condition == .lost }
        let alive = workers.count - lost.count
        let unserved = try session.unservedKinds()
        var fact = "\(alive.counted("worker is", "workers are")) alive"
        if !lost.isEmpty { fact += ", \(lost.count) lost" }
        var findings: [Finding] = []
        if alive == 0 {
            let verdict: Finding.Verdict = unserved.isEmpty ? .ok : .warn
            findings.append(
                Finding("workers", verdict, fact, hint: "start one: pawl worker, or your own")
            )
        } else {
            findings.append(Finding("workers", .ok, fact))
        }
        for worker in lost where worker.tasks > 0 {
            findings.append(
                Finding(
                    "workers",
                    .warn,
                    """
                    worker \(worker.id) (\(worker.host), pid \(worker.processID)) has been silent \
                    for \(worker.silence.short) and holds \(worker.tasks.counted("task", "tasks"))
                    """,
                    hint: "any live worker takes its tasks over within seconds"
                )
            )
        }
        for kind in unserved where alive > 0 {
            let tasks = kind.tasks.counted("task is", "tasks are")
            findings.append(
                Finding(
                    "workers",
                    .warn,
                    kind.hasQueue
                        ? "\(tasks) due in queue \"\(kind.queue)\" of kind \"\(kind.kind)\", which "
                            + "no live worker of the queue has a handler for"
                        : "\(tasks) due in queue \"\(kind.queue)\", which no live worker serves",
                    hint: "start a worker that does"
                )
            )
        }
        return findings
    }

    private func schedules() throws -> [Finding] {
        try session.schedules().filter { $0.problem != nil }.map { schedule in
            Finding(
                "schedules",
                .warn,
                "schedule \"\(schedule.name)\" rests: \(schedule.problem ?? "")",
                hint: "pawl schedule put \(schedule.name) …"
            )
        }
    }

    private func settings() throws -> [Finding] {
        let values = try session.settings(SettingRule.all.map(\.name))
        return SettingRule.all.compactMap { rule in values[rule.name].map(rule.finding) }
    }
}
