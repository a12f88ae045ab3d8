import Logging
import Pawl

/// The input of a run that ships an order.
struct ShipOrder: Codable, Sendable {
    let order: Int
}

/// `ship-order`: ships an order exactly once.
///
/// The transaction that writes the parcel also ends the step. A worker that dies before the commit
/// has shipped nothing, and another one ships; one that lost the step meanwhile cannot commit.
let shipOrder = Handler.job("ship-order", timeout: .seconds(30)) { (input: ShipOrder, context) in
    let attempt = context.attempt
    context.logger.info("shipping", metadata: ["order": "\(input.order)"])
    return try await context.transaction { database in
        try database.execute("insert into shop.parcel (order_id) values (\(input.order))")
        try database.execute(
            "update shop.orders set shipped_at = now() where id = \(input.order)"
        )
        return ["attempt": attempt]
    }
}
