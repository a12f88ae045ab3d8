/// What a licence asks of those who pass the software on, from the least to the most.
public enum LicenceClass: String, Codable, Sendable, CaseIterable {
    /// Little more than to keep a notice; also what is in the public domain.
    case permissive
    /// The same rights for those who get it, at least for the files themselves.
    case copyleft
    /// It may not be used, changed or passed on by everybody.
    case proprietary
    /// Nobody can tell from the text: somebody has to decide.
    case unknown
}

extension LicenceClass: Comparable {
    /// Whether `left` asks less than `right`; what is unknown may ask anything.
    public static func < (left: LicenceClass, right: LicenceClass) -> Bool {
        left.rank < right.rank
    }

    private var rank: Int {
        switch self {
        case .permissive: 0
        case .copyleft: 1
        case .proprietary: 2
        case .unknown: 3
        }
    }
}
