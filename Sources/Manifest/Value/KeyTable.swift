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
            return String(validating: bytes, as: UTF8.self)
        }
        let start = Self.hash(bytes)
        return slots.withLock { slots in
            for step in 0..<Self.probeLimit {
                let place = (start &+ step) & (Self.slotCount - 1)
                guard let present = slots[place] else {
                    guard let fresh = String(validating: bytes, as: UTF8.self) else { return nil }
                    slots[place] = fresh
                    return fresh
                }
                if Self.equal(present, bytes) { return present }
            }
            return String(validating: bytes, as: UTF8.self)
        }
    }

    private static func equal(_ text: String, _ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
        guard text.utf8.count == bytes.count else { return false }
        return text.utf8.withContiguousStorageIfAvailable { $0.elementsEqual(bytes) } ?? false
    }

    /// FNV-1a, folded so that the low bits carry the whole hash.
    private static func hash(_ bytes: UnsafeBufferPointer<UInt8>) -> Int {
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        for byte in bytes { hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01b3 }
        return Int(truncatingIfNeeded: hash ^ (hash >> 29))
    }
}
