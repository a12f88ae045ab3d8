public import Pawl
public import PawlCore

/// A way to tell people something, for nodes of type `notification`.
///
/// ```swift
/// struct Pager: NotificationChannel {
///     let name = "pager"
///     func deliver(_ config: JSON, in context: StepContext) async throws {
///         try await page(config["message"]?.stringValue ?? "", key: context.idempotencyKey)
///     }
/// }
/// ```
public protocol NotificationChannel: Sendable {
    /// What a node's `channel` says to mean this one.
    var name: String { get }

    /// Delivers what the node's config says.
    ///
    /// It is called at least once per step. What it throws counts as with a `Handler`.
    func deliver(_ config: JSON, in context: StepContext) async throws
}
