import Glibc
import KubeModel

/// When the bytes of a log were written: a file of entries, each an end and a time.
///
/// A container's output is stored as it comes, so that nothing need be alive to receive it but `cat`. Beside it,
/// an entry says "all up to this byte was there at this time". Of what was written while nobody looked, the last
/// change of the log file is taken as the time.
struct LogIndex: Sendable {
    struct Entry: Sendable, Hashable {
        let end: Int
        let time: Timestamp
    }

    static let entrySize = 16

    /// In the order of both their ends and their times.
    private(set) var entries: [Entry]

    init(entries: [Entry] = []) { self.entries = entries }

    /// Reads an index; an entry that a crash has cut off is left out.
    init(bytes: [UInt8]) {
        entries = bytes.withUnsafeBytes { buffer in
            (0..<buffer.count / Self.entrySize).map { number in
                let end = buffer.loadUnaligned(fromByteOffset: number * Self.entrySize, as: Int64.self)
                let time = buffer.loadUnaligned(fromByteOffset: number * Self.entrySize + 8, as: Int64.self)
                return Entry(
                    end: Int(Int64(littleEndian: end)), time: Self.timestamp(Int64(littleEndian: time)))
            }
        }
    }

    static func bytes(_ entry: Entry) -> [UInt8] {
        let nanoseconds = entry.time.seconds * 1_000_000_000 + Int64(entry.time.nanoseconds)
        return [Int64(entry.end), nanoseconds].flatMap { number in
            withUnsafeBytes(of: number.littleEndian, Array.init)
        }
    }

    /// When the byte was written; nil for one that no entry covers yet.
    func time(of offset: Int) -> Timestamp? {
        let place = entries.partitioned { $0.end > offset }
        return place < entries.count ? entries[place].time : nil
    }

    /// Where what was written at or after a time begins; nil where no entry is that late.
    func start(of time: Timestamp) -> Int? {
        let place = entries.partitioned { $0.time >= time }
        guard place < entries.count else { return nil }
        return place == 0 ? 0 : entries[place - 1].end
    }

    private static func timestamp(_ nanoseconds: Int64) -> Timestamp {
        let seconds = nanoseconds / 1_000_000_000
        return Timestamp(seconds: seconds, nanoseconds: Int32(nanoseconds - seconds * 1_000_000_000))
    }
}

extension Array {
    /// The first place whose element and all after it fulfil the condition.
    fileprivate func partitioned(by condition: (Element) -> Bool) -> Int {
        var low = 0
        var high = count
        while low < high {
            let middle = (low + high) / 2
            if condition(self[middle]) { high = middle } else { low = middle + 1 }
        }
        return low
    }
}
