/// A pattern for paths: `*` and `?` stay within a name, `**` crosses folders, `[a-c]` is one of a set.
struct Glob: Sendable, Hashable {
    private let parts: [[UInt8]]

    init(_ pattern: String) {
        parts = pattern.split(separator: "/").map { Array($0.utf8) }.filter { $0 != [UInt8(ascii: ".")] }
    }

    /// Whether the pattern names exactly one path.
    var isLiteral: Bool {
        parts.allSatisfy { part in
            !part.contains { $0 == Self.star || $0 == Self.question || $0 == Self.bracket }
        }
    }

    /// The folder below which everything that matches lies.
    var literalPrefix: String {
        let prefix = parts.dropLast().prefix { part in
            !part.contains { $0 == Self.star || $0 == Self.question || $0 == Self.bracket }
        }
        return prefix.map { String(decoding: $0, as: UTF8.self) }.joined(separator: "/")
    }

    /// Whether a path matches.
    func matches(_ path: String) -> Bool {
        let names = path.split(separator: "/").map { Array($0.utf8) }
        return Self.match(parts[...], names[...])
    }

    private static let star = UInt8(ascii: "*")
    private static let question = UInt8(ascii: "?")
    private static let bracket = UInt8(ascii: "[")

    /// Folders. As with stars below, only the last `**` is taken up again: what the ones before it stand for can be
    /// left as it is, as the last can make up for it.
    private static func match(_ parts: ArraySlice<[UInt8]>, _ names: ArraySlice<[UInt8]>) -> Bool {
        var parts = parts
        var names = names
        var retry: (parts: ArraySlice<[UInt8]>, names: ArraySlice<[UInt8]>)?
        while true {
            if parts.first == [star, star] {
                parts = parts.dropFirst()
                retry = (parts, names)
                continue
            }
            if let part = parts.first, let name = names.first, match(part[...], name[...]) {
                parts = parts.dropFirst()
                names = names.dropFirst()
                continue
            }
            if parts.isEmpty, names.isEmpty { return true }
            guard let last = retry, !last.names.isEmpty else { return false }
            parts = last.parts
            names = last.names.dropFirst()
            retry = (parts, names)
        }
    }

    /// One name. The last star is taken up again on a mismatch, so that time stays quadratic at most.
    private static func match(_ pattern: ArraySlice<UInt8>, _ name: ArraySlice<UInt8>) -> Bool {
        var pattern = pattern
        var name = name
        var retry: (pattern: ArraySlice<UInt8>, name: ArraySlice<UInt8>)?
        while true {
            if pattern.first == star {
                pattern = pattern.dropFirst()
                retry = (pattern, name)
                continue
            }
            if let byte = name.first, let rest = consume(pattern, byte) {
                pattern = rest
                name = name.dropFirst()
                continue
            }
            if pattern.isEmpty, name.isEmpty { return true }
            guard let last = retry, !last.name.isEmpty else { return false }
            pattern = last.pattern
            name = last.name.dropFirst()
            retry = (last.pattern, name)
        }
    }

    /// What is left of a pattern after one character; nil where that does not fit.
    private static func consume(_ pattern: ArraySlice<UInt8>, _ byte: UInt8) -> ArraySlice<UInt8>? {
        guard let first = pattern.first else { return nil }
        if first == question { return pattern.dropFirst() }
        guard first == bracket, let end = pattern.dropFirst(2).firstIndex(of: UInt8(ascii: "]")) else {
            return first == byte ? pattern.dropFirst() : nil
        }
        var set = pattern[(pattern.startIndex + 1)..<end]
        let isNegated = set.first == UInt8(ascii: "!") || set.first == UInt8(ascii: "^")
        if isNegated { set = set.dropFirst() }
        var isMember = false
        var index = set.startIndex
        while index < set.endIndex {
            if index + 2 < set.endIndex, set[index + 1] == UInt8(ascii: "-") {
                if set[index] <= byte, byte <= set[index + 2] { isMember = true }
                index += 3
            } else {
                if set[index] == byte { isMember = true }
                index += 1
            }
        }
        return isMember != isNegated ? pattern[(end + 1)...] : nil
    }
}
