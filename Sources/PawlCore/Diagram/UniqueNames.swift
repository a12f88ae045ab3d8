/// Names that have been given, each once.
struct UniqueNames {
    private var taken: Set<String> = []
    private var numbers: [String: Int] = [:]

    /// The name that is wished for, or one that begins with it and ends with a number.
    mutating func name(like wish: String) -> String {
        var name = wish
        while !taken.insert(name).inserted {
            let number = numbers[wish, default: 1] + 1
            numbers[wish] = number
            name = "\(wish)_\(number)"
        }
        return name
    }
}
