import Hummingbird
import Pawl

/// `POST /orders` and `GET /orders/:id`.
struct OrderRoutes: Sendable {
    let pool: Pool
    let client: Client

    func add(to router: Router<BasicRequestContext>) {
        router.post("orders") { request, context in
            let order = try await request.decode(as: OrderRequest.self, context: context)
            let placed = try await place(order)
            return EditedResponse(
                status: .created,
                headers: [.location: "/orders/\(placed.id)"],
                response: placed
            )
        }
        router.get("orders/:id") { _, context in
            let id = try context.parameters.require("id", as: Int.self)
            guard var order = try await pool.run({ try $0.order(id) }) else {
                throw HTTPError(.notFound, message: "there is no order \(id)")
            }
            order.run.status = try await client.status(of: order.run.id)
            return order
        }
    }

    private func place(_ order: OrderRequest) async throws -> PlacedOrder {
        do {
            return try await pool.transaction { try $0.place(order) }
        } catch let error as PostgresError {
            throw HTTPError(refusing: order, because: error) ?? error
        }
    }
}

extension HTTPError {
    /// What a customer is told of an order that the tables' constraints refuse; `nil` for errors
    /// that are not the customer's.
    fileprivate init?(refusing order: OrderRequest, because error: PostgresError) {
        switch error.constraint {
        case "item_stock_lasts":
            self.init(.conflict, message: "there are fewer than \(order.quantity) left")
        case "orders_item_exists":
            self.init(.unprocessableContent, message: "there is no item \"\(order.sku)\"")
        case "orders_quantity_is_positive":
            self.init(.unprocessableContent, message: "an order is for one or more")
        default:
            return nil
        }
    }
}
