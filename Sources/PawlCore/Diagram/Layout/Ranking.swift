/// The rank of each item of a sheet: how many arrows the longest way to it has.
///
/// Arrows that close a cycle do not count; they lead up, or back to where they begin.
struct Ranking {
    private(set) var ranks: [Int]
    /// By link, whether it closes a cycle.
    private(set) var isBack: [Bool]

    init(count: Int, links: [SheetLink]) {
        ranks = Array(repeating: 0, count: count)
        isBack = links.map { $0.source == $0.target }
        var leaving: [[Int]] = Array(repeating: [], count: count)
        var arriving = Array(repeating: 0, count: count)
        for (index, link) in links.enumerated() where !isBack[index] {
            leaving[link.source].append(index)
            arriving[link.target] += 1
        }
        let order = descend(links, leaving, from: arriving)
        for item in order {
            for link in leaving[item] where !isBack[link] {
                let target = links[link].target
                ranks[target] = max(ranks[target], ranks[item] + 1)
            }
        }
        // What nothing leads to stands right above what it leads to.
        var arrives = Array(repeating: false, count: count)
        for (index, link) in links.enumerated() where !isBack[index] { arrives[link.target] = true }
        for item in order where !arrives[item] {
            let next = leaving[item].filter { !isBack[$0] }.map { ranks[links[$0].target] }.min()
            if let next { ranks[item] = max(0, next - 1) }
        }
    }

    /// Goes through the links depth first, and finds those that close a cycle.
    ///
    /// - Returns: The items, each before those that its other links lead to.
    private mutating func descend(
        _ links: [SheetLink],
        _ leaving: [[Int]],
        from arriving: [Int]
    ) -> [Int] {
        enum Visit { case none, open, done }
        var visits = Array(repeating: Visit.none, count: ranks.count)
        var next = Array(repeating: 0, count: ranks.count)
        var done: [Int] = []
        // First the items to which nothing leads: a cycle is entered where its reader enters it.
        let roots = ranks.indices.filter { arriving[$0] == 0 } + Array(ranks.indices)
        for root in roots where visits[root] == .none {
            var way = [root]
            visits[root] = .open
            while let item = way.last {
                guard next[item] < leaving[item].count else {
                    visits[item] = .done
                    done.append(item)
                    way.removeLast()
                    continue
                }
                let link = leaving[item][next[item]]
                next[item] += 1
                let target = links[link].target
                switch visits[target] {
                case .none:
                    visits[target] = .open
                    way.append(target)
                case .open: isBack[link] = true
                case .done: break
                }
            }
        }
        return done.reversed()
    }
}
