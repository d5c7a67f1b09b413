/// `requirements.txt` of pip: requirement specifiers (PEP 508), one a line, with hashes and options.
///
/// Files that a line includes with `-r` are read by whoever walks the tree; an address instead of a version has none.
enum Requirements {
    static func components(of bytes: [UInt8], location: String) throws(InventoryError) -> [Component] {
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw InventoryError(.syntax, "the requirements are not UTF-8")
        }
        var components: [Component] = []
        for (number, line) in logicalLines(text) {
            guard let component = try component(line, number, location) else { continue }
            components.append(component)
        }
        return components
    }

    /// Lines joined at a backslash, without comments, each with the number of its first one.
    private static func logicalLines(_ text: String) -> [(Int, String)] {
        var result: [(Int, String)] = []
        var open: (number: Int, text: String)?
        for (index, raw) in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
            .enumerated()
        {
            var line = raw
            if line.first == "#" {
                line = ""
            } else if let comment = line.firstRange(of: " #") {
                line = line[..<comment.lowerBound]
            }
            let continues = line.last == "\\"
            if continues { line = line.dropLast() }
            let joined = (open?.text ?? "") + line
            let number = open?.number ?? index + 1
            if continues {
                open = (number, joined + " ")
            } else {
                result.append((number, joined))
                open = nil
            }
        }
        if let open { result.append((open.number, open.text)) }
        return result
    }

    private static func component(
        _ line: String, _ number: Int, _ location: String
    ) throws(InventoryError) -> Component? {
        var words = line.split(whereSeparator: \.isWhitespace)
        guard let first = words.first, first.first != "-" else { return nil }
        var hashes: [Component.Hash] = []
        for word in words where word.hasPrefix("--hash=") {
            let parts = word.dropFirst(7).split(separator: ":", maxSplits: 1)
            guard parts.count == 2, let algorithm = algorithms[String(parts[0])] else { continue }
            hashes.append(Component.Hash(algorithm: algorithm, value: parts[1].lowercased()))
        }
        words.removeAll { $0.hasPrefix("--") }
        var specifier = words.joined(separator: " ")
        if let marker = specifier.firstIndex(of: ";") { specifier = String(specifier[..<marker]) }
        let name = specifier.prefix { $0.isLetter || $0.isNumber || $0 == "-" || $0 == "_" || $0 == "." }
        // A path or an address in place of a name.
        guard !name.isEmpty, name.first != ".", !specifier.hasPrefix("http:"), !specifier.hasPrefix("https:"),
            !specifier.hasPrefix("file:"), !specifier.hasPrefix("git+")
        else {
            if specifier.contains("/") || specifier.hasPrefix(".") { return nil }
            throw InventoryError(.syntax, "\"\(line)\" is no requirement", line: number)
        }
        var rest = specifier.dropFirst(name.count).drop(while: \.isWhitespace)
        if rest.first == "/" { return nil }
        if rest.first == "[", let close = rest.firstIndex(of: "]") {
            rest = rest[rest.index(after: close)...].drop(while: \.isWhitespace)
        }
        var version: String?
        for clause in rest.filter({ $0 != "(" && $0 != ")" }).split(separator: ",") {
            let clause = clause.drop(while: \.isWhitespace)
            guard clause.hasPrefix("==") else { continue }
            let value = clause.drop { $0 == "=" }.filter { !$0.isWhitespace }
            if !value.hasSuffix(".*") { version = value }
        }
        let package = PackageURL(type: "pypi", name: String(name), version: version)
        return Component(package, hashes: hashes, location: location, line: number)
    }

    static let algorithms = [
        "md5": "MD5", "sha1": "SHA-1", "sha256": "SHA-256", "sha384": "SHA-384", "sha512": "SHA-512",
    ]
}
