import FoundationEssentials
import Hummingbird
import Pawl

/// What a customer asks for: the body of `POST /orders`.
struct OrderRequest: Decodable, Sendable {
    let sku: String
    let quantity: Int32
}

/// An order that was placed: the answer to `POST /orders`.
struct PlacedOrder: ResponseEncodable, Sendable {
    let id: Int
    /// The run that ships it.
    let run: UUID
}

/// An order and how far it is: the answer to `GET /orders/:id`.
struct Order: ResponseEncodable, Sendable {
    /// The run that ships an order.
    struct Run: Encodable, Sendable {
        let id: UUID
        /// `nil` once the run was deleted, long after it ended.
        var status: RunStatus?
    }

    let id: Int
    let sku: String
    let quantity: Int32
    let orderedAt: Instant
    let shippedAt: Instant?
    var run: Run
}
