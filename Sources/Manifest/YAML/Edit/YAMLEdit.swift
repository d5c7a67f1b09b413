/// One change of a text: the bytes of a span give way to others.
public struct YAMLEdit: Sendable, Hashable {
    /// The bytes to be replaced; an empty range where something is only inserted.
    public let span: Range<Int>
    /// What stands there afterwards; empty where something is only removed.
    public let replacement: [UInt8]

    public init(span: Range<Int>, replacement: [UInt8]) {
        self.span = span
        self.replacement = replacement
    }

    init(_ span: Range<Int>, _ text: String) {
        self.init(span: span, replacement: Array(text.utf8))
    }
}

extension Sequence<YAMLEdit> {
    /// The bytes with all edits made, which are in order and do not overlap.
    func applied(to bytes: [UInt8]) -> [UInt8] {
        var result: [UInt8] = []
        result.reserveCapacity(bytes.count + reduce(0) { $0 + $1.replacement.count })
        var place = 0
        for edit in self {
            result += bytes[place..<edit.span.lowerBound]
            result += edit.replacement
            place = edit.span.upperBound
        }
        result += bytes[place...]
        return result
    }
}
