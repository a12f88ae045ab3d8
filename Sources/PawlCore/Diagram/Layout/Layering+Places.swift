extension Layering {
    /// The space between two items, and between a link and what is beside it.
    private static let spaces = (item: 36.0, link: 20.0)

    /// Gives every spot its place from left to right, in the order of its layer.
    ///
    /// Each layer in turn goes as near to its neighbours' places as its order and widths allow.
    mutating func place() {
        for layer in layers {
            let offsets = offsets(of: layer)
            let width = offsets.last ?? 0
            for (spot, offset) in zip(layer, offsets) { spots[spot].x = offset - width / 2 }
        }
        let sweeps = spots.count <= 2_000 ? 30 : 3
        for sweep in 0..<sweeps {
            let isLate = sweep >= sweeps * 2 / 3
            let isDown = sweep.isMultiple(of: 2)
            for index in isDown ? Array(layers.indices) : layers.indices.reversed() {
                settle(layers[index], above: isDown || isLate, below: !isDown || isLate)
            }
        }
    }

    /// The distances of a layer's spots from its first one, if they stand as close as they may.
    private func offsets(of layer: [Int]) -> [Double] {
        var offsets: [Double] = []
        var offset = 0.0
        for (index, spot) in layer.enumerated() {
            if index > 0 { offset += distance(layer[index - 1], spot) }
            offsets.append(offset)
        }
        return offsets
    }

    /// The least distance between the middles of two spots beside each other.
    func distance(_ left: Int, _ right: Int) -> Double {
        let (left, right) = (spots[left], spots[right])
        let space = left.isItem && right.isItem ? Self.spaces.item : Self.spaces.link
        return (left.extent.width + right.extent.width) / 2 + space
    }

    /// Moves a layer's spots to where the squares of the ways to their neighbours are least.
    ///
    /// Without their least distances the places must only ascend, which is isotonic regression:
    /// neighbours in the wrong order are merged until none are.
    private mutating func settle(_ layer: [Int], above: Bool, below: Bool) {
        let offsets = offsets(of: layer)
        var blocks: [(sum: Double, weight: Double, count: Int)] = []
        for (spot, offset) in zip(layer, offsets) {
            let wish = wish(of: spot, above: above, below: below)
            var block = (sum: (wish.x - offset) * wish.weight, weight: wish.weight, count: 1)
            while let last = blocks.last, last.sum / last.weight > block.sum / block.weight {
                block = (last.sum + block.sum, last.weight + block.weight, last.count + block.count)
                blocks.removeLast()
            }
            blocks.append(block)
        }
        var position = 0
        for block in blocks {
            for _ in 0..<block.count {
                spots[layer[position]].x = block.sum / block.weight + offsets[position]
                position += 1
            }
        }
    }

    /// Where a spot would stand by itself, and how much it matters.
    private func wish(of spot: Int, above: Bool, below: Bool) -> (x: Double, weight: Double) {
        var (sum, weight) = (0.0, 0.0)
        func add(_ neighbours: [Int]) {
            for neighbour in neighbours {
                // Long links are straightened before short ones.
                let ends = (spots[spot].isItem ? 0 : 1) + (spots[neighbour].isItem ? 0 : 1)
                let pull = [1.0, 2.0, 6.0][ends]
                sum += pull * spots[neighbour].x
                weight += pull
            }
        }
        if above { add(spots[spot].above) }
        if below { add(spots[spot].below) }
        return weight > 0 ? (sum / weight, weight) : (spots[spot].x, 0.01)
    }
}
