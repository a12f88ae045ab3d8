extension Layering {
    /// Makes links straight for as long as they can be; the order of the layers stays.
    mutating func straighten(_ links: [SheetLink]) {
        var positions = Array(repeating: 0, count: spots.count)
        for layer in layers {
            for (position, spot) in layer.enumerated() { positions[spot] = position }
        }
        alignPairs(links, positions)
        // One link makes room for another: the second time most have it.
        for _ in 0..<2 {
            for (chain, link) in zip(chains, links) {
                if let chain { straighten(chain, down: link.target, positions) }
            }
        }
    }

    /// Puts each item right above the one that follows it, if none other follows or precedes.
    private mutating func alignPairs(_ links: [SheetLink], _ positions: [Int]) {
        var leaving: [Int: [Int]] = [:]
        var arriving: [Int: Int] = [:]
        for (link, chain) in zip(links, chains) where chain != nil {
            leaving[link.source, default: []].append(link.target)
            arriving[link.target, default: 0] += 1
        }
        for layer in layers.reversed() {
            for item in layer {
                guard let next = leaving[item], next.count == 1, arriving[next[0]] == 1 else {
                    continue
                }
                let room = room(of: item, at: positions[item])
                spots[item].x = min(max(spots[next[0]].x, room.lowerBound), room.upperBound)
            }
        }
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
