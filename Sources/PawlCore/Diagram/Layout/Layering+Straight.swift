extension Layering {
    /// Makes links straight for as long as they can be; the order of the layers stays.
    mutating func straighten(_ links: [SheetLink]) {
        var positions = Array(repeating: 0, count: spots.count)
        for layer in layers {
            for (position, spot) in layer.enumerated() { positions[spot] = position }
        }
        alignPairs(links, positions)
        // One makes room for another: in the opposite order those have it that had none before.
        let led = links.indices.map { (chain: chains[$0] ?? [], target: links[$0].target) }
        for link in led { straighten(link.chain, down: link.target, positions) }
        for link in led.reversed() { straighten(link.chain, down: link.target, positions) }
    }

    /// Puts items right above and below each other that only follow one another.
    private mutating func alignPairs(_ links: [SheetLink], _ positions: [Int]) {
        let led = zip(links, chains).filter { $0.1 != nil }.map(\.0)
        let leaving = Dictionary(led.map { ($0.source, 1) }, uniquingKeysWith: +)
        let arriving = Dictionary(led.map { ($0.target, 1) }, uniquingKeysWith: +)
        let pairs = led.filter { leaving[$0.source] == 1 && arriving[$0.target] == 1 }
            .sorted { (spots[$0.source].layer, $0.source) < (spots[$1.source].layer, $1.source) }
        // Upwards, and then down: of a whole row either end may be the one that cannot move.
        for pair in pairs.reversed() { align(pair.source, with: pair.target, positions) }
        for pair in pairs { align(pair.target, with: pair.source, positions) }
    }

    private mutating func align(_ item: Int, with other: Int, _ positions: [Int]) {
        let room = room(of: item, at: positions[item])
        spots[item].x = min(max(spots[other].x, room.lowerBound), room.upperBound)
    }

    /// Gives the spots that a link passes the place of its lower end, or the nearest one that is
    /// free in as many layers as possible.
    private mutating func straighten(_ chain: [Int], down target: Int, _ positions: [Int]) {
        var rest = chain[...]
        var wish = spots[target].x
        while !rest.isEmpty {
            var free = -Double.infinity...Double.infinity
            var row: [Int] = []
            while let spot = rest.last {
                let room = room(of: spot, at: positions[spot])
                guard room.overlaps(free) else { break }
                free = free.clamped(to: room)
                row.append(spot)
                rest.removeLast()
            }
            wish = min(max(wish, free.lowerBound), free.upperBound)
            for spot in row { spots[spot].x = wish }
        }
    }

    /// Between which places a spot may stand.
    private func room(of spot: Int, at position: Int) -> ClosedRange<Double> {
        let layer = layers[spots[spot].layer]
        let x = spots[spot].x
        var (least, most) = (-Double.infinity, Double.infinity)
        if position > 0 {
            let before = layer[position - 1]
            least = min(x, spots[before].x + distance(before, spot))
        }
        if position + 1 < layer.count {
            let after = layer[position + 1]
            most = max(x, spots[after].x - distance(spot, after))
        }
        return least...most
    }
}
