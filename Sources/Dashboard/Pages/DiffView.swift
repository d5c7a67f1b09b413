/// A unified difference as lines that can be told apart.
enum DiffView {
    /// So many lines are shown.
    private static let maximumLines = 4000

    /// The files of a difference in git's form, or one without a file name in the form of `diff -u`.
    static func fields(title: String, text: String) -> Fields {
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        var files: [Fields] = []
        var name = ""
        var shown: [Fields] = []
        var (added, removed) = (0, 0)
        func finish() {
            guard !shown.isEmpty || !name.isEmpty else { return }
            files.append([
                "name": .text(name), "lines": .list(shown), "added": .number(added),
                "removed": .number(removed),
            ])
            (name, shown, added, removed) = ("", [], 0, 0)
        }
        for line in lines.prefix(maximumLines) {
            if line.hasPrefix("diff --git ") {
                finish()
                name = line.split(separator: " ").last.map { String($0.dropFirst(2)) } ?? ""
                continue
            }
            if !name.isEmpty, shown.isEmpty, isHeader(line) { continue }
            let kind =
                line.first == "+"
                ? "added" : line.first == "-" ? "removed" : line.hasPrefix("@@") ? "hunk" : "same"
            if kind == "added" { added += 1 }
            if kind == "removed" { removed += 1 }
            shown.append(["kind": .text(kind), "text": .text(line.isEmpty ? " " : String(line))])
        }
        finish()
        return [
            "title": .text(title), "files": .list(files), "isCut": .flag(lines.count > maximumLines),
            "isEmpty": .flag(files.isEmpty),
        ]
    }

    private static func isHeader(_ line: Substring) -> Bool {
        [
            "index ", "--- ", "+++ ", "new file", "deleted file", "old mode", "new mode", "similarity ",
            "rename ",
        ]
        .contains { line.hasPrefix($0) }
    }
}
