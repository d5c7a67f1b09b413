/// Splitting of the paths that lead to a field.
enum FieldPath {
    /// The parts of a path with `/` or `.` between them; a delimiter behind a backslash is part of a name.
    static func split(_ path: String, at delimiter: Character) -> [String] {
        guard path.contains(delimiter) else { return [path] }
        var parts = path.split(separator: delimiter, omittingEmptySubsequences: false).map(String.init)
        if parts.count > 1, parts[0].isEmpty { parts.removeFirst() }
        var result: [String] = []
        for part in parts {
            if var last = result.last, last.hasSuffix("\\") {
                last.removeLast()
                result[result.count - 1] = "\(last)\(delimiter)\(part)"
            } else {
                result.append(part)
            }
        }
        return result
    }

    /// The parts of a path with dots, in which dots between brackets belong to a name: `a.[b.c/d].e`,
    /// `containers.[name=web.one].image`.
    static func splitBrackets(_ path: String) -> [String] {
        var result: [String] = []
        var bracketed: [String]?
        for part in split(path, at: ".") {
            if var open = bracketed {
                open.append(part)
                bracketed = open
                if part.hasSuffix("]") {
                    result.append(joined(open))
                    bracketed = nil
                }
            } else if part.hasPrefix("["), !part.hasSuffix("]") {
                bracketed = [part]
            } else {
                result.append(part)
            }
        }
        if let bracketed { result.append(joined(bracketed)) }
        return result
    }

    private static func joined(_ parts: [String]) -> String {
        let text = parts.joined(separator: ".")
        if text.contains("=") { return text }
        var bare = text[...]
        while let first = bare.first, first == "[" || first == "]" { bare.removeFirst() }
        while let last = bare.last, last == "[" || last == "]" { bare.removeLast() }
        return String(bare)
    }

    /// A part as Go reads a number: digits with or without a sign.
    static func index(_ part: String) -> Int? {
        guard let first = part.utf8.first, part.utf8.count <= 18 else { return nil }
        let isSigned = first == UInt8(ascii: "-") || first == UInt8(ascii: "+")
        return isSigned && part.utf8.count == 1 ? nil : Int(part)
    }

    /// Whether a part chooses an item by what it holds: `[name=web]`, `[=value]`.
    static func isItem(_ part: String) -> Bool { part.hasPrefix("[") && part.hasSuffix("]") }

    /// The field and the value of `[name=web]`.
    ///
    /// - Throws: `inapplicable` where there is no `=`.
    static func item(_ part: String) throws(KustomizeError) -> (name: String, value: String) {
        var text = part[...]
        if text.hasSuffix("]") { text.removeLast() }
        if text.hasPrefix("[") { text.removeFirst() }
        guard let equals = text.firstIndex(of: "=") else {
            throw KustomizeError(
                .inapplicable, "list path element must contain fieldName=fieldValue for element to match")
        }
        return (String(text[..<equals]), String(text[text.index(after: equals)...]))
    }

    /// What has to stand where the next part leads on.
    static func kind(before next: String?, atEnd end: Node.Kind) -> Node.Kind {
        guard let next, !next.isEmpty else { return end }
        if isItem(next) { return .sequence }
        if let index = index(next), index >= 0 { return .sequence }
        return .mapping
    }
}
