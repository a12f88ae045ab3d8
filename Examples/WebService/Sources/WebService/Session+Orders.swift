import FoundationEssentials
import Pawl

extension Session {
    /// Places an order and enqueues the run that ships it, as part of the open transaction.
    func place(_ request: OrderRequest) throws -> PlacedOrder {
        let rows = try query(
            """
            insert into shop.orders (sku, quantity) values (\(request.sku), \(request.quantity))
            returning id
            """
        )
        let id = try rows[0].decode(Int.self, at: 0)
        let run = try enqueue(shipOrder.kind, ShipOrder(order: id))
        try execute("update shop.orders set run_id = \(run) where id = \(id)")
        // Last, so that other orders of the item wait for its row only briefly. If there is not
        // enough left this throws, and with the transaction the order and its run are gone.
        try execute(
            "update shop.item set stock = stock - \(request.quantity) where sku = \(request.sku)"
        )
        return PlacedOrder(id: id, run: run)
    }

    /// The order of that number, without its run's status; `nil` if there is none.
    func order(_ id: Int) throws -> Order? {
        let rows = try query(
            """
            select sku, quantity, ordered_at, shipped_at, run_id
            from shop.orders
            where id = \(id)
            """
        )
        guard let row = rows.first else { return nil }
        return Order(
            id: id,
            sku: try row["sku"],
            quantity: try row["quantity"],
            orderedAt: try row["ordered_at"],
            shippedAt: try row["shipped_at"],
            run: Order.Run(id: try row["run_id"])
        )
    }
}
