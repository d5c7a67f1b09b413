import Slipway

/// Text in columns, as kubectl prints it.
struct TextTable {
    private var rows: [[String]]

    init(_ headings: [String]) { rows = [headings] }

    /// Adds a row; one with fewer cells than there are headings ends early. Of a text of several lines the first stands
    /// for all.
    mutating func append(_ row: [String]) { rows.append(row.map { FirstLine(of: $0).text }) }

    /// The lines, without a line break after the last.
    var text: String {
        let widths = (0..<(rows.map(\.count).max() ?? 0)).map { column in
            rows.map { column < $0.count ? $0[column].count : 0 }.max() ?? 0
        }
        return rows.map { row in
            let cells = zip(row, widths).map { cell, width in
                cell + String(repeating: " ", count: width - cell.count)
            }
            let line = cells.joined(separator: "   ")
            return String(line.reversed().drop { $0 == " " }.reversed())
        }.joined(separator: "\n")
    }
}
