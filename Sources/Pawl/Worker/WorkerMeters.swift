import Metrics

/// What a worker counts; without a metrics backend it costs next to nothing.
struct WorkerMeters: Sendable {
    let claimed = Counter(label: "pawl.tasks.claimed")
    let settled = Counter(label: "pawl.steps.settled")
    let failed = Counter(label: "pawl.steps.failed")
    let leasesLost = Counter(label: "pawl.leases.lost")
    let released = Counter(label: "pawl.tasks.released")
    let rescued = Counter(label: "pawl.tasks.rescued")
    let batches = Recorder(label: "pawl.settle.batch", aggregate: true)
    let settleTime = Timer(label: "pawl.settle.time")
    let stepTime = Timer(label: "pawl.step.time")
}
