/// Text in columns that are as wide as what is in them.
struct Table {
    struct Cell: ExpressibleByStringInterpolation {
        let text: String
        let style: Paint.Style?

        init(_ text: String, _ style: Paint.Style? = nil) {
            self.text = text
            self.style = style
        }

        init(stringLiteral text: String) {
            self.init(text)
        }
    }

    enum Column {
        case left(String)
        case right(String)

        fileprivate var title: String {
            switch self {
            case .left(let title), .right(let title): title
            }
        }
    }

    private let columns: [Column]
    private(set) var rows: [[Cell]] = []

    init(_ columns: [Column]) {
        self.columns = columns
    }

    mutating func add(_ row: [Cell]) {
        precondition(row.count == columns.count, "a row has a cell for each column")
        rows.append(row)
    }

    /// The lines, the titles first; no longer than `width`, if it is given.
    func lines(_ paint: Paint, width: Int? = nil) -> [String] {
        let header = columns.map { Cell($0.title, .dim) }
        let all = (columns.allSatisfy(\.title.isEmpty) ? [] : [header]) + rows
        let widths = columns.indices.map { column in
            all.map { $0[column].text.count }.max() ?? 0
        }
        return all.map { row in
            var line = ""
            var room = width ?? .max
            for (index, cell) in row.enumerated() {
                if index > 0 {
                    guard room > 2 else { break }
                    line += "  "
                    room -= 2
                }
                let isLast = index == row.count - 1
                var text = cell.text
                switch columns[index] {
                case .left: if !isLast { text = text.padded(to: widths[index]) }
                case .right:
                    text = String(repeating: " ", count: widths[index] - text.count) + text
                }
                text = String(text.prefix(room))
                room -= text.count
                line += text.isEmpty ? "" : paint(text, cell.style)
            }
            while line.last == " " { line.removeLast() }
            return line
        }
    }

    func text(_ paint: Paint) -> String {
        lines(paint).map { $0 + "\n" }.joined()
    }
}

extension String {
    func padded(to width: Int) -> String {
        self + String(repeating: " ", count: max(0, width - count))
    }

    /// The text on one line, cut to `length` characters.
    func shortened(to length: Int) -> String {
        let line = split { $0.isNewline }.joined(separator: " ")
        return line.count <= length ? line : line.prefix(length - 1) + "…"
    }
}
