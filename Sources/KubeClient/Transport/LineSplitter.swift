/// Cuts a byte stream into lines as its chunks arrive, looking at every byte once.
struct LineSplitter: Sendable {
    private var buffer: [UInt8] = []
    /// Where the line that is being collected begins.
    private var start = 0
    /// Up to where the buffer is known to hold no line end.
    private var scanned = 0
    /// The longest line that is collected.
    let limit: Int

    init(limit: Int) { self.limit = limit }

    /// The bytes of the line that is not complete yet.
    var pendingCount: Int { buffer.count - start }

    /// Takes the next chunk of the stream.
    mutating func append(_ chunk: [UInt8]) {
        if start == buffer.count {
            buffer = chunk
            start = 0
            scanned = 0
        } else {
            if start > 0 {
                buffer.removeSubrange(..<start)
                scanned -= start
                start = 0
            }
            buffer += chunk
        }
    }

    /// The next complete line without its end, nil where there is none yet. Empty lines are passed over.
    ///
    /// - Throws: ``KubeClientError`` with code `tooLarge` for a line beyond the limit.
    mutating func next() throws(KubeClientError) -> ArraySlice<UInt8>? {
        while let end = buffer[scanned...].firstIndex(of: UInt8(ascii: "\n")) {
            let line = buffer[start..<end]
            start = end + 1
            scanned = start
            try check(line.count)
            if !line.isEmpty { return line }
        }
        scanned = buffer.count
        try check(pendingCount)
        return nil
    }

    private func check(_ length: Int) throws(KubeClientError) {
        guard length > limit else { return }
        throw KubeClientError(.tooLarge, "a line of the answer exceeds \(limit) bytes")
    }

    /// What follows the last line end, once the stream has ended.
    mutating func rest() -> ArraySlice<UInt8>? {
        defer { start = buffer.count }
        return start < buffer.count ? buffer[start...] : nil
    }
}
