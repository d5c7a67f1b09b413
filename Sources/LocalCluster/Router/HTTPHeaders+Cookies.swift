import NIOHTTP1

extension HTTPHeaders {
    /// Takes cookies out of the `Cookie` headers; all others stay as they were sent, byte for byte.
    ///
    /// What stands between quotes is looked at as well: browsers do not quote, so a pod that sets the cookie `a="` would
    /// else have what follows it passed on.
    mutating func removeCookies(named names: [String]) {
        // Most requests carry none: they cost one look at the names of their headers.
        guard contains(name: "cookie"), !names.isEmpty else { return }
        var isChanged = false
        var kept: [(String, String)] = []
        kept.reserveCapacity(count)
        for (name, value) in self {
            guard name.lowercased() == "cookie", let rest = Self.cookies(value, without: names) else {
                kept.append((name, value))
                continue
            }
            isChanged = true
            if !rest.isEmpty { kept.append((name, rest)) }
        }
        if isChanged { self = HTTPHeaders(kept) }
    }

    /// The value of a `Cookie` header without some cookies; nil where it has none of them.
    private static func cookies(_ value: String, without names: [String]) -> String? {
        let pairs = value.utf8.split(separator: UInt8(ascii: ";"), omittingEmptySubsequences: false)
        var rest: [UInt8] = []
        var count = 0
        for pair in pairs where !names.contains(where: { isCookie(pair, named: $0) }) {
            // The separator goes with the pair behind it, so a pair that becomes the first one loses its space.
            let isMoved = count == 0 && pair.startIndex != value.startIndex
            if count > 0 { rest.append(UInt8(ascii: ";")) }
            rest.append(contentsOf: isMoved ? pair.drop(while: isSpace) : pair[...])
            count += 1
        }
        guard count < pairs.count else { return nil }
        return rest.allSatisfy { isSpace($0) || $0 == UInt8(ascii: ";") }
            ? "" : String(decoding: rest, as: UTF8.self)
    }

    private static func isCookie(_ pair: Substring.UTF8View, named name: String) -> Bool {
        guard let end = pair.firstIndex(of: UInt8(ascii: "=")) else { return false }
        var found = pair[..<end].drop(while: isSpace)
        while let last = found.last, isSpace(last) { found.removeLast() }
        return found.elementsEqual(name.utf8)
    }

    private static func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 }
}
