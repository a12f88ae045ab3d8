extension Duration {
    package init(text: String) throws { self = .seconds(Int(text.dropLast()) ?? 1) }
    package var text: String { "\(self)" }
}
