/// `go.sum` of the Go command.
///
/// The file lists archives of more versions than a build uses. Go selects the highest one of each module, so only
/// that one is listed here.
enum GoSum {
    static func components(of bytes: [UInt8], location: String) throws(InventoryError) -> [Component] {
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw InventoryError(.syntax, "go.sum is not UTF-8")
        }
        var highest: [String: (version: String, line: Int)] = [:]
        let lines = text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
        for (index, line) in lines.enumerated() {
            let words = line.split(separator: " ").map(String.init)
            if words.isEmpty { continue }
            guard words.count == 3 else {
                throw InventoryError(
                    .syntax, "a line of go.sum must be module, version and hash; run \"go mod tidy\"",
                    line: index + 1)
            }
            let (module, version) = (words[0], words[1])
            if version.hasSuffix("/go.mod") { continue }
            if let present = highest[module], !isLower(present.version, than: version) { continue }
            highest[module] = (version, index + 1)
        }
        return highest.map { module, selected in
            let segments = module.split(separator: "/").map(String.init)
            let package = PackageURL(
                type: "golang", namespace: segments.dropLast().joined(separator: "/"),
                name: segments.last ?? module, version: selected.version)
            return Component(package, location: location, line: selected.line)
        }.sorted { ($0.line ?? 0) < ($1.line ?? 0) }
    }

    /// The order of semantic versions (SemVer 2.0 §11), with Go's leading `v`.
    static func isLower(_ left: String, than right: String) -> Bool {
        func split(_ text: String) -> (numbers: [Int], pre: [Substring]) {
            var rest = Substring(text)
            if rest.first == "v" { rest = rest.dropFirst() }
            if let plus = rest.firstIndex(of: "+") { rest = rest[..<plus] }
            let dash = rest.firstIndex(of: "-") ?? rest.endIndex
            let numbers = rest[..<dash].split(separator: ".").map { Int($0) ?? 0 }
            let pre = dash == rest.endIndex ? [] : rest[rest.index(after: dash)...].split(separator: ".")
            return (numbers, pre)
        }
        let (first, second) = (split(left), split(right))
        for index in 0..<max(first.numbers.count, second.numbers.count) {
            let a = index < first.numbers.count ? first.numbers[index] : 0
            let b = index < second.numbers.count ? second.numbers[index] : 0
            if a != b { return a < b }
        }
        if first.pre.isEmpty != second.pre.isEmpty { return second.pre.isEmpty }
        for (a, b) in zip(first.pre, second.pre) where a != b {
            switch (Int(a), Int(b)) {
            case (let a?, let b?): return a < b
            case (_?, nil): return true
            case (nil, _?): return false
            case (nil, nil): return a < b
            }
        }
        return first.pre.count < second.pre.count
    }
}
