public import Manifest

extension StatusPage {
    /// The page for people.
    public var text: String {
        var text = ""
        if !places.isEmpty {
            text += "ENVIRONMENTS\n"
            text += Self.table(
                places.map { place in
                    [
                        place.service, place.environment, place.release.isEmpty ? "-" : place.release,
                        place.phase, place.since,
                    ]
                })
        }
        for (title, lines) in [("MOVES", moving), ("WAITS", waiting), ("NEEDS SOMEBODY", trouble)]
        where !lines.isEmpty {
            if !text.isEmpty { text += "\n" }
            text += "\(title)\n"
            text += Self.table(
                lines.map { line in
                    [line.object, line.state, line.reason + (line.until.map { " (until \($0))" } ?? "")]
                })
        }
        return text.isEmpty ? "Nothing moves and nothing waits.\n" : text
    }

    /// Rows whose columns are as wide as they need to be. Of a text of several lines the first stands for all.
    private static func table(_ texts: [[String]]) -> String {
        let rows = texts.map { $0.map { FirstLine(of: $0).text } }
        var widths: [Int] = []
        for row in rows {
            for (column, cell) in row.enumerated() {
                if column == widths.count { widths.append(0) }
                widths[column] = max(widths[column], cell.count)
            }
        }
        return rows.map { row in
            var line = " "
            for (column, cell) in row.enumerated() {
                line += " \(cell)"
                if column + 1 < row.count {
                    line += String(repeating: " ", count: widths[column] - cell.count + 1)
                }
            }
            while line.last == " " { line.removeLast() }
            return line + "\n"
        }.joined()
    }

    /// The page for programs.
    public var value: Value {
        func list(_ lines: [Line]) -> Value {
            .array(
                lines.map { line in
                    var value: Value = [
                        "object": .string(line.object), "state": .string(line.state),
                        "reason": .string(line.reason),
                    ]
                    value["until"] = line.until.map { .string($0) }
                    return value
                })
        }
        return [
            "environments": .array(
                places.map { place in
                    [
                        "service": .string(place.service), "environment": .string(place.environment),
                        "release": .string(place.release), "commit": .string(place.commit),
                        "phase": .string(place.phase), "since": .string(place.since),
                    ]
                }),
            "moving": list(moving), "waiting": list(waiting), "trouble": list(trouble),
        ]
    }
}
