import Synchronization

/// A process-wide table of mapping keys, so that `terminationGracePeriodSeconds` is in memory once and not
/// once an object.
///
/// Keys of up to 15 bytes live inside their `String` and need no table. The table is bounded: documents with
/// made-up keys cannot fill memory, their keys are merely not shared.
public final class KeyTable: Sendable {
    /// The table all readers share.
    public static let shared = KeyTable()

    /// Longest key that is shared; longer ones are data rather than field names.
    static let maximumLength = 63
    private static let slotCount = 8192
    /// Slots looked at before a key counts as absent.
    private static let probeLimit = 8

    private let slots: Mutex<[String?]>

    init() {
        slots = Mutex([String?](repeating: nil, count: Self.slotCount))
    }

    /// The key with these bytes, shared with every earlier caller's where the table has it.
    ///
    /// - Returns: nil where the bytes are not valid UTF-8.
    public func string(for bytes: UnsafeBufferPointer<UInt8>) -> String? {
        guard bytes.count > 15, bytes.count <= Self.maximumLength else {
            return String(validUTF8: bytes)
        }
        let start = Self.hash(bytes)
        return slots.withLock { slots in
            for step in 0..<Self.probeLimit {
                let place = (start &+ step) & (Self.slotCount - 1)
                guard let present = slots[place] else {
                    guard let fresh = String(validUTF8: bytes) else { return nil }
                    slots[place] = fresh
                    return fresh
                }
                if Self.equal(present, bytes) { return present }
            }
            return String(validUTF8: bytes)
        }
    }

    private static func equal(_ text: String, _ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
        guard text.utf8.count == bytes.count else { return false }
        return text.utf8.withContiguousStorageIfAvailable { present in
            // Keys here have more than 15 bytes: words from the front, then the last, overlapping one.
            let left = UnsafeRawBufferPointer(present)
            let right = UnsafeRawBufferPointer(bytes)
            var place = 0
            while place + 8 <= left.count {
                guard left.word(at: place) == right.word(at: place) else { return false }
                place += 8
            }
            return left.word(at: left.count - 8) == right.word(at: left.count - 8)
        } ?? false
    }

    /// A multiplicative hash over words; every byte counts.
    private static func hash(_ bytes: UnsafeBufferPointer<UInt8>) -> Int {
        let raw = UnsafeRawBufferPointer(bytes)
        var hash = UInt64(raw.count) &* 0x9e37_79b9_7f4a_7c15
        var place = 0
        while place + 8 <= raw.count {
            hash = (hash ^ raw.word(at: place)) &* 0xff51_afd7_ed55_8ccd
            hash ^= hash >> 32
            place += 8
        }
        hash = (hash ^ raw.word(at: raw.count - 8)) &* 0xff51_afd7_ed55_8ccd
        return Int(truncatingIfNeeded: hash >> 32)
    }
}

extension UnsafeRawBufferPointer {
    /// The eight bytes from `offset` on as one number.
    fileprivate func word(at offset: Int) -> UInt64 {
        loadUnaligned(fromByteOffset: offset, as: UInt64.self)
    }
}

extension String {
    /// The text these bytes are, nil where they are not valid UTF-8.
    ///
    /// Most text in manifests is ASCII, for which the standard library's decoding initializer is several times
    /// faster than its validating one (measured: the latter spends a quarter of a JSON parse on generic metadata).
    init?(validUTF8 bytes: UnsafeBufferPointer<UInt8>) {
        var bits: UInt8 = 0
        for byte in bytes { bits |= byte }
        if bits < 0x80 {
            self = String(decoding: bytes, as: UTF8.self)
        } else {
            guard let text = String(validating: bytes, as: UTF8.self) else { return nil }
            self = text
        }
    }
}
