import KubeModel

/// The lines of a log file as they lie on disk: where they begin, and when they were written.
struct ContainerLog: Sendable {
    static let chunk = 64 << 10

    let file: OpenFile
    let index: LogIndex

    /// Where to begin reading what the options ask for of the first `end` bytes.
    func start(_ options: ContainerLogOptions, end: Int) throws(SystemCallFailure) -> Int {
        let first = file.firstData(from: 0)
        // The first line of a shortened log is most likely cut in two.
        var start = first == 0 ? 0 : try lineStart(from: first, end: end)
        if let lines = options.tailLines { start = try max(start, tailStart(lines, from: start, end: end)) }
        if let since = options.since {
            start = max(start, try lineStart(from: index.start(of: since) ?? end, end: end))
        }
        return start
    }

    /// The first place at or after `offset` where a line begins.
    func lineStart(from offset: Int, end: Int) throws(SystemCallFailure) -> Int {
        guard offset > 0, offset < end else { return offset }
        var place = offset - 1
        while place < end {
            let bytes = try file.read(upTo: min(Self.chunk, end - place), at: place)
            if let found = bytes.firstIndex(of: UInt8(ascii: "\n")) { return place + found + 1 }
            if bytes.isEmpty { break }
            place += bytes.count
        }
        return end
    }

    /// Where the last `lines` lines begin, the last one ended or not.
    private func tailStart(_ lines: Int, from start: Int, end: Int) throws(SystemCallFailure) -> Int {
        if lines <= 0 { return end }
        var place = end
        var found = 0
        while place > start {
            let count = min(Self.chunk, place - start)
            let bytes = try file.read(upTo: count, at: place - count)
            for (offset, byte) in bytes.enumerated().reversed() where byte == UInt8(ascii: "\n") {
                let lineStart = place - count + offset + 1
                // The break that ends the last line begins none.
                if lineStart == end { continue }
                found += 1
                if found == lines { return lineStart }
            }
            place -= count
        }
        return start
    }
}

/// Puts times before lines.
struct LogStamper: Sendable {
    private var isAtLineStart = true

    /// The bytes with the time of each line that begins in them, as `2026-01-31T08:05:00.000000000Z `.
    ///
    /// - Parameter time: when the byte at an offset in the log was written.
    mutating func stamp(_ bytes: [UInt8], at offset: Int, time: (Int) -> Timestamp) -> [UInt8] {
        var result: [UInt8] = []
        result.reserveCapacity(bytes.count + bytes.count / 2)
        for (place, byte) in bytes.enumerated() {
            if isAtLineStart {
                result += Self.text(time(offset + place)).utf8
                result.append(UInt8(ascii: " "))
            }
            result.append(byte)
            isAtLineStart = byte == UInt8(ascii: "\n")
        }
        return result
    }

    private static func text(_ time: Timestamp) -> String {
        let digits = String(time.nanoseconds)
        let zeros = String(repeating: "0", count: max(0, 9 - digits.count))
        return time.rfc3339.dropLast() + "." + zeros + digits + "Z"
    }
}
