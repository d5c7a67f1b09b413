/// A unified difference as lines that can be told apart.
enum DiffView {
    /// So many lines are shown.
    private static let maximumLines = 4000

    /// Files and what has become of them, in the order given.
    static func fields(title: String, files: [FileDifference]) -> Fields {
        var left = maximumLines
        var shown: [Fields] = []
        for file in files where left > 0 {
            shown.append(fields(file, limit: left))
            left -= max(1, file.lines.count)
        }
        return [
            "title": .text(title), "files": .list(shown),
            "isCut": .flag(left < 0 || shown.count < files.count),
        ]
    }

    private static func fields(_ file: FileDifference, limit: Int) -> Fields {
        let changed = file.lines.filter(\.isChange)
        // Where only some of them end with one, it may be all that has changed.
        let showsReturns = Set(changed.map(\.isReturned)).count > 1
        return [
            "name": .text(visible(file.name)), "oldName": .optional(file.oldName.map(visible)),
            "notes": .text(file.notes.joined(separator: ", ")),
            "added": .number(changed.count { $0.kind == .added }),
            "removed": .number(changed.count { $0.kind == .removed }),
            "hasLines": .flag(!file.lines.isEmpty),
            "lines": .list(
                file.lines.prefix(limit).map { line in
                    let end = showsReturns && line.isReturned && line.isChange ? "␍" : ""
                    let text = visible(line.text) + end
                    return ["kind": .text(line.kind.rawValue), "text": .text(text.isEmpty ? " " : text)]
                }),
        ]
    }

    /// Shows signs that are not seen and put others in another order, by which a change can be made to look like another.
    private static func visible(_ text: String) -> String {
        guard text.unicodeScalars.contains(where: isHidden) else { return text }
        var output = ""
        for scalar in text.unicodeScalars {
            if isHidden(scalar) {
                output += "⟨U+\(String(scalar.value, radix: 16, uppercase: true))⟩"
            } else {
                output.unicodeScalars.append(scalar)
            }
        }
        return output
    }

    private static func isHidden(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x061c, 0x200b, 0x200e, 0x200f, 0x202a...0x202e, 0x2060, 0x2066...0x2069, 0xfeff: true
        default: false
        }
    }
}
