/// What a unified difference says of one file.
struct FileDifference: Sendable, Hashable {
    /// A line of it.
    struct Line: Sendable, Hashable {
        enum Kind: String { case added, removed, hunk, same }
        var kind: Kind
        var text: String
        /// Whether it ends with a carriage return.
        var isReturned = false

        var isChange: Bool { kind == .added || kind == .removed }
    }

    var name: String
    /// What it was called before; nil where it has kept its name.
    var oldName: String?
    /// What has become of it besides its lines: `new file`, `mode 100644 → 100755`.
    var notes: [String] = []
    var lines: [Line] = []

    init(name: String) { self.name = name }

    /// Reads what `git diff` writes, bytes as they are: a carriage return ends no line, and a mark that joins the letter
    /// before it joins no sign.
    ///
    /// A name is taken from the lines that hold nothing but it, and not from `diff --git`, where one name can look like
    /// another; names that git quotes stay quoted.
    static func read(_ bytes: [UInt8]) -> [FileDifference] {
        var files: [FileDifference] = []
        var isHeader = true
        for line in bytes.split(separator: 0x0a, omittingEmptySubsequences: false) {
            if let names = line.after("diff --git ") {
                files.append(FileDifference(name: commonName(names)))
                isHeader = true
                continue
            }
            guard let place = files.indices.last else { continue }
            if line.after("@@") != nil { isHeader = false }
            if isHeader {
                files[place].readHeader(line)
            } else if !line.isEmpty {
                // Even an empty line has its sign before it.
                files[place].lines.append(Line(line))
            }
        }
        return files
    }

    /// The lines of a difference without a header.
    static func lines(_ text: String) -> [Line] {
        guard !text.isEmpty else { return [] }
        var bytes = Array(text.utf8)[...]
        if bytes.last == 0x0a { bytes.removeLast() }
        return bytes.split(separator: 0x0a, omittingEmptySubsequences: false).map { Line($0) }
    }

    private mutating func readHeader(_ line: ArraySlice<UInt8>) {
        if let old = line.after("rename from ") {
            oldName = old.text
        } else if let new = line.after("rename to ") {
            name = new.text
        } else if let path = line.after("--- ").flatMap({ Self.path($0, in: "a") }) {
            name = path
        } else if let path = line.after("+++ ").flatMap({ Self.path($0, in: "b") }) {
            name = path
        } else if let mode = line.after("new file mode ")?.text {
            notes.append(mode == "100644" ? "new file" : "new file, mode \(mode)")
        } else if line.after("deleted file mode ") != nil {
            notes.append("deleted")
        } else if let mode = line.after("old mode ")?.text {
            notes.append("mode \(mode)")
        } else if let mode = line.after("new mode ")?.text, let last = notes.indices.last {
            notes[last] += " → \(mode)"
        } else if line.after("Binary files ") != nil {
            notes.append("binary")
        }
    }

    /// The path of a line `--- a/path` or `+++ b/path`; nil for that of a file which is not there.
    private static func path(_ bytes: ArraySlice<UInt8>, in folder: String) -> String? {
        // A tab stands behind names with spaces.
        let bytes = bytes.last == 0x09 ? bytes.dropLast() : bytes
        if let name = bytes.after("\"\(folder)/") { return "\"" + name.text }
        return bytes.after("\(folder)/")?.text
    }

    /// The name in `a/name b/name`, where both are the same, as for files of no lines.
    private static func commonName(_ bytes: ArraySlice<UInt8>) -> String {
        let half = (bytes.count - 1) / 2
        guard bytes.count % 2 == 1, let left = path(bytes.prefix(half), in: "a"),
            let right = path(bytes.suffix(half), in: "b"), left.utf8.elementsEqual(right.utf8)
        else { return bytes.text }
        return left
    }
}

extension ArraySlice<UInt8> {
    /// What follows a beginning; nil where there is another.
    fileprivate func after(_ beginning: String) -> ArraySlice<UInt8>? {
        starts(with: beginning.utf8) ? dropFirst(beginning.utf8.count) : nil
    }

    fileprivate var text: String { String(decoding: self, as: UTF8.self) }
}

extension FileDifference.Line {
    init(_ bytes: ArraySlice<UInt8>) {
        if bytes.after("@@") != nil {
            kind = .hunk
        } else {
            kind =
                bytes.first == UInt8(ascii: "+")
                ? .added : bytes.first == UInt8(ascii: "-") ? .removed : .same
        }
        isReturned = bytes.last == 0x0d
        text = (isReturned ? bytes.dropLast() : bytes).text
    }
}
