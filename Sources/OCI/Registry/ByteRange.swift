/// The headers that name parts of a blob.
enum ByteRange {
    enum Asked: Sendable, Hashable {
        /// No part, or in a form that a server may ignore.
        case whole
        case part(Range<Int64>)
        case unsatisfiable
    }

    /// What a `Range` header asks of a blob (RFC 9110, section 14.2): one range of bytes, also an open or a last one.
    static func asked(_ header: String?, size: Int64) -> Asked {
        guard let header, header.lowercased().hasPrefix("bytes=") else { return .whole }
        let text = header.dropFirst(6).filter { $0 != " " }
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        // Several ranges would need an answer in several parts, which no client of registries asks for.
        guard parts.count == 2, !text.contains(","), !(parts[0].isEmpty && parts[1].isEmpty) else {
            return .whole
        }
        if parts[0].isEmpty {
            guard let count = number(parts[1]) else { return .whole }
            return count == 0 || size == 0 ? .unsatisfiable : .part(max(0, size - count)..<size)
        }
        guard let start = number(parts[0]) else { return .whole }
        if parts[1].isEmpty { return start < size ? .part(start..<size) : .unsatisfiable }
        guard let end = number(parts[1]), end >= start else { return .whole }
        return start < size ? .part(start..<min(end + 1, size)) : .unsatisfiable
    }

    /// The part a `Content-Range` header says a chunk is: `0-1023`, without a unit as the specification has it.
    static func sent(_ header: String) -> Range<Int64>? {
        var text = Substring(header)
        if text.hasPrefix("bytes ") || text.hasPrefix("bytes=") { text = text.dropFirst(6) }
        text = text.prefix { $0 != "/" }
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.count == 2, let start = number(parts[0]), let end = number(parts[1]), end >= start else {
            return nil
        }
        return start..<(end + 1)
    }

    private static func number(_ text: Substring) -> Int64? {
        guard !text.isEmpty, text.utf8.count <= 18, text.utf8.allSatisfy(\.isDigit) else { return nil }
        return Int64(text)
    }
}
