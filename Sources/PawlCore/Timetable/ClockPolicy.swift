/// What becomes of a time of the day that is not shown because the clock is put forward.
///
/// Specs whose hour field steps through the whole day are exempt: they are due whenever the clock
/// shows a matching time.
public enum MissingTime: String, CaseIterable, Hashable, Sendable, Codable {
    /// It is due at the first instant after the gap; several such times are due once, together.
    case after
    /// It is not due that day.
    case skip
}

/// What becomes of a time of the day that is shown twice because the clock is put back.
///
/// Specs whose hour field steps through the whole day are exempt: they are due whenever the clock
/// shows a matching time.
public enum RepeatedTime: String, CaseIterable, Hashable, Sendable, Codable {
    /// It is due when it is shown first.
    case first
    /// It is due when it is shown last.
    case second
    /// It is due each time.
    case both
}
