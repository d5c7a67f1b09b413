import Crypto
public import Manifest

/// A digest that tells whether an object has changed, 16 bytes in place of kilobytes.
///
/// The first half of a SHA-256 over the object as JSON with sorted keys, so that nobody can make a changed
/// object look unchanged.
public struct Fingerprint: Sendable, Hashable {
    private let high: UInt64
    private let low: UInt64

    /// The fingerprint of a value; the order of keys does not count.
    public init(of value: Value) {
        var bytes = SHA256.hash(data: JSON.write(value, options: .init(sortsKeys: true))).makeIterator()
        func word() -> UInt64 {
            (0..<8).reduce(0) { word, _ in word << 8 | UInt64(bytes.next() ?? 0) }
        }
        high = word()
        low = word()
    }

    /// An object without what changes although nobody changed what is wanted of it: its status, its resource
    /// version and generation, and the record of who manages which field.
    public static func desiredState(of object: Value) -> Value {
        var object = object
        object["status"] = nil
        object.set(nil, at: ["metadata", "resourceVersion"])
        object.set(nil, at: ["metadata", "generation"])
        object.set(nil, at: ["metadata", "managedFields"])
        return object
    }
}

extension Fingerprint: CustomStringConvertible {
    /// 32 hexadecimal digits.
    public var description: String {
        [high, low].map { word in
            let digits = String(word, radix: 16)
            return String(repeating: "0", count: 16 - digits.count) + digits
        }.joined()
    }
}
