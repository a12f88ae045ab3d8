extension Layering {
    /// Puts the spots of each layer in an order in which few links cross.
    ///
    /// Sweeps down and up, and moves each spot to the mean of its neighbours. Large sheets get fewer
    /// sweeps.
    mutating func order() {
        arrange()
        let sweeps =
            switch spots.count {
            case ...1_500: 12
            case ...8_000: 4
            default: 1
            }
        // To count crossings costs as much as a sweep; nobody follows single lines in a large one.
        guard spots.count <= 1_500 else {
            for sweep in 0..<sweeps { self.sweep(isDown: sweep.isMultiple(of: 2)) }
            return
        }
        var best = (layers: layers, crossings: crossings())
        for sweep in 0..<sweeps where best.crossings > 0 {
            self.sweep(isDown: sweep.isMultiple(of: 2))
            let crossings = crossings()
            if crossings < best.crossings { best = (layers, crossings) }
        }
        layers = best.layers
    }

    /// The first order: depth first, as the links are written.
    private mutating func arrange() {
        var isPlaced = Array(repeating: false, count: spots.count)
        let roots = spots.indices.filter { spots[$0].above.isEmpty } + Array(spots.indices)
        for root in roots where !isPlaced[root] {
            var rest = [root]
            while let spot = rest.popLast() {
                if isPlaced[spot] { continue }
                isPlaced[spot] = true
                layers[spots[spot].layer].append(spot)
                rest += spots[spot].below.reversed()
            }
        }
    }

    private mutating func sweep(isDown: Bool) {
        var positions = Array(repeating: 0.0, count: spots.count)
        for layer in layers {
            for (position, spot) in layer.enumerated() { positions[spot] = Double(position) }
        }
        for index in isDown ? Array(layers.indices) : layers.indices.reversed() {
            let keyed = layers[index].map { spot in
                let neighbours = isDown ? spots[spot].above : spots[spot].below
                let sum = neighbours.reduce(0) { $0 + positions[$1] }
                let key = neighbours.isEmpty ? positions[spot] : sum / Double(neighbours.count)
                return (key: key, position: positions[spot], spot: spot)
            }
            layers[index] = keyed.sorted { ($0.key, $0.position) < ($1.key, $1.position) }
                .map(\.spot)
            for (position, spot) in layers[index].enumerated() {
                positions[spot] = Double(position)
            }
        }
    }

    /// How many pairs of links cross.
    private func crossings() -> Int {
        var positions = Array(repeating: 0, count: spots.count)
        for layer in layers {
            for (position, spot) in layer.enumerated() { positions[spot] = position }
        }
        var count = 0
        for (upper, lower) in zip(layers, layers.dropFirst()) {
            // Links from the left to the right; those that end left of an earlier one cross it.
            // `sums` is a tree of the ends so far (Fenwick's), in which they are counted quickly.
            var sums = Array(repeating: 0, count: lower.count + 1)
            var ended = 0
            for spot in upper {
                let ends = spots[spot].below.map { positions[$0] }.sorted()
                for end in ends {
                    var (index, before) = (end + 1, 0)
                    while index > 0 {
                        before += sums[index]
                        index &= index - 1
                    }
                    count += ended - before
                }
                for end in ends {
                    var index = end + 1
                    while index <= lower.count {
                        sums[index] += 1
                        index += index & -index
                    }
                }
                ended += ends.count
            }
        }
        return count
    }
}
