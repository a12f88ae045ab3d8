/// The items of a sheet in layers, with spots where a link passes a layer or has its label.
///
/// 1. Every link of `chains` joins spots of neighbouring layers only.
/// 2. Where links have labels, items are on the even layers and labels on the odd ones.
struct Layering {
    /// A place in a layer.
    struct Spot {
        let extent: Extent
        /// The rest are places that a link passes.
        let isItem: Bool
        let layer: Int
        /// Its neighbours in the layer above and below.
        var above: [Int] = []
        var below: [Int] = []
        /// The middle.
        var x = 0.0
    }

    /// The items, in order, and then the other spots.
    var spots: [Spot]
    /// The spots of each layer, from the left.
    var layers: [[Int]]
    /// By link, the spots that it passes; `nil` if it leads along the side.
    private(set) var chains: [[Int]?]
    /// By link, the spot of its label.
    private(set) var labels: [Int?]

    init(_ items: [SheetItem], _ links: [SheetLink], _ ranking: Ranking) {
        let hasLabels = links.indices.contains { links[$0].label != nil && !ranking.isBack[$0] }
        let scale = hasLabels ? 2 : 1
        spots = items.indices.map {
            Spot(extent: items[$0].extent, isItem: true, layer: ranking.ranks[$0] * scale)
        }
        layers = Array(repeating: [], count: (spots.map(\.layer).max() ?? 0) + 1)
        chains = Array(repeating: nil, count: links.count)
        labels = Array(repeating: nil, count: links.count)

        // Links over many layers need a spot in each; beyond a budget they lead along the side, so
        // that the room is in proportion to the graph.
        func span(_ link: Int) -> Int {
            spots[links[link].target].layer - spots[links[link].source].layer
        }
        var budget = 4 * (items.count + links.count) + 1_000
        var isPassing = Array(repeating: false, count: links.count)
        let forward = links.indices.filter { !ranking.isBack[$0] }
        for link in forward.sorted(by: { (span($0), $0) < (span($1), $1) }) {
            budget -= span(link) - 1
            if budget < 0 { break }
            isPassing[link] = true
        }
        for link in forward where isPassing[link] { lead(links[link], link) }
    }

    private mutating func lead(_ link: SheetLink, _ index: Int) {
        var chain: [Int] = []
        var last = link.source
        let (first, end) = (spots[link.source].layer + 1, spots[link.target].layer)
        for layer in first..<max(first, end) {
            var extent = Extent(width: 0, height: 0)
            if layer == first, let label = link.label {
                extent = label
                labels[index] = spots.count
            }
            spots.append(Spot(extent: extent, isItem: false, layer: layer))
            join(last, spots.count - 1)
            last = spots.count - 1
            chain.append(last)
        }
        join(last, link.target)
        chains[index] = chain
    }

    private mutating func join(_ upper: Int, _ lower: Int) {
        spots[upper].below.append(lower)
        spots[lower].above.append(upper)
    }
}
