/// How the values of a field are best named.
enum CronShape: Hashable {
    case all
    /// Every so many from the start.
    case step(Int)
    /// At least three in a row.
    case range(Int, Int)
    case list([Int])

    init(_ values: CronValues, of field: CronField) {
        let list = Array(Bits(values.bits))
        let all = field.all
        let step = list.count > 1 ? list[1] - list[0] : 0
        let isEven = zip(list, list.dropFirst()).allSatisfy { $1 - $0 == step }
        if list.count == all.count {
            self = .all
        } else if list.count > 1, isEven, list[0] == all.lowerBound,
            list[list.count - 1] + step > all.upperBound
        {
            self = .step(step)
        } else if list.count > 2, isEven, step == 1 {
            self = .range(list[0], list[list.count - 1])
        } else {
            self = .list(list)
        }
    }
}

extension Int {
    /// The number as a place in an order: `1st`, `22nd`, `13th`.
    var ordinal: String {
        switch (self % 10, self % 100) {
        case (_, 11...13): "\(self)th"
        case (1, _): "\(self)st"
        case (2, _): "\(self)nd"
        case (3, _): "\(self)rd"
        default: "\(self)th"
        }
    }
}

extension [Int] {
    /// Names the values, three and more in a row as `first to last`.
    func runs(naming name: (Int) -> String) -> [String] {
        var names: [String] = []
        var start = 0
        while start < count {
            var end = start
            while end + 1 < count, self[end + 1] == self[end] + 1 { end += 1 }
            if end - start >= 2 {
                names.append("\(name(self[start])) to \(name(self[end]))")
            } else {
                names += self[start...end].map(name)
            }
            start = end + 1
        }
        return names
    }
}
