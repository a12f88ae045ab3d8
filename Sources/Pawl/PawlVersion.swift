/// The version of this library and its command.
public enum PawlVersion {
    /// As in the changelog.
    public static let current = "0.1.0"
}
