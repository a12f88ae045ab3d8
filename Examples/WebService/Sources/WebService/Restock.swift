import Pawl

/// The input of a run that restocks: what a schedule gives it.
struct Restock: Codable, Sendable {
    /// As many of each item as there should be.
    let level: Int32
}

/// `restock`: fills up every item of which there is less than there should be.
let restock = Handler.job("restock") { (input: Restock, context) in
    try await context.transaction { database in
        let filled = try database.execute(
            "update shop.item set stock = \(input.level) where stock < \(input.level)"
        )
        return ["filled": filled]
    }
}
