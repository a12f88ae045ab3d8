import PawlCore
import PawlStore
import Postgres

extension Client {
    /// Makes a schedule, or changes the one of that name.
    ///
    /// A ``Scheduler`` then enqueues a run of `workflow` with `input` at the times that `spec`, five
    /// fields as in cron or `@hourly` and the like, names in `zone`: an IANA name such as
    /// `Europe/Berlin`, or `UTC`. `input` is encoded as a JSON object.
    ///
    /// It is safe to repeat at each start of a program: only another `spec` or `zone` sets the
    /// schedule back to its next slot.
    ///
    /// - Throws: An error that says what is wrong with `spec` or `zone`; or a `PostgresError`, among
    ///   others if the workflow is not defined.
    public func putSchedule(
        _ name: String,
        workflow: String,
        spec: String,
        zone: String = "UTC",
        input: some Encodable = Done()
    ) async throws {
        // Checked here, where somebody sees it; a scheduler could only note the problem.
        _ = try Timetable(reading: TimetableText(spec: spec, zone: zone))
        let input = try JSON(encoding: input).serialized()
        try await pool.run { session in
            try session.putSchedule(name, workflow: workflow, spec: spec, zone: zone, input: input)
        }
    }

    /// Removes a schedule and the record of its ticks; runs that it started stay.
    ///
    /// - Returns: False if there is none of that name.
    @discardableResult
    public func removeSchedule(_ name: String) async throws -> Bool {
        try await pool.run { try $0.removeSchedule(name) }
    }
}
