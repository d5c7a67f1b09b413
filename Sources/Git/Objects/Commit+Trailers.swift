extension Commit {
    /// A line `Name: value` at the end of a message.
    public struct Trailer: Sendable, Hashable {
        /// As it is written, such as `Reviewed-by`; compared without regard to case.
        public var name: String
        /// The text after the colon, continued lines joined.
        public var value: String

        /// A line of the last paragraph of a message.
        public init(_ name: String, _ value: String) {
            self.name = name
            self.value = value
        }
    }

    /// The trailers: the last paragraph of the message, where it consists of trailers alone (git-interpret-trailers).
    ///
    /// A message of one paragraph has none, as its subject may look like one.
    public var trailers: [Trailer] {
        let lines = message.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
        guard let last = lines.lastIndex(where: { !$0.trimmed.isEmpty }) else { return [] }
        guard let gap = lines[...last].lastIndex(where: { $0.trimmed.isEmpty }) else { return [] }
        var trailers: [Trailer] = []
        for line in lines[(gap + 1)...last] {
            if line.first?.isWhitespace == true, !trailers.isEmpty {
                trailers[trailers.count - 1].value += " " + line.trimmed
                continue
            }
            guard let colon = line.firstIndex(of: ":"), colon > line.startIndex,
                line[..<colon].allSatisfy({ $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "-") })
            else { return [] }
            trailers.append(Trailer(String(line[..<colon]), line[line.index(after: colon)...].trimmed))
        }
        return trailers
    }

    /// The value of the last trailer of a name, in any case.
    public func trailer(_ name: String) -> String? {
        trailers.last { $0.name.lowercased() == name.lowercased() }?.value
    }
}
