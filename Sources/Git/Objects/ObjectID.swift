/// The name of a git object: 40 hexadecimal digits, or 64 in SHA-256 repositories.
public struct ObjectID: Sendable, Hashable {
    /// The digits, in lower case.
    public let hex: String

    /// Reads a full name; nil for anything else, abbreviations included.
    public init?(_ text: some StringProtocol) {
        let digits = text.utf8
        guard digits.count == 40 || digits.count == 64 else { return nil }
        for digit in digits {
            guard (0x30...0x39).contains(digit) || (0x61...0x66).contains(digit) else { return nil }
        }
        hex = String(text)
    }

    /// The name of 20 or 32 bytes; nil for other counts.
    public init?(bytes: some Collection<UInt8>) {
        guard bytes.count == 20 || bytes.count == 32 else { return nil }
        let digits = Array("0123456789abcdef".utf8)
        var text: [UInt8] = []
        text.reserveCapacity(bytes.count * 2)
        for byte in bytes {
            text.append(digits[Int(byte >> 4)])
            text.append(digits[Int(byte & 15)])
        }
        hex = String(decoding: text, as: UTF8.self)
    }

    private init(unchecked hex: String) { self.hex = hex }

    /// No object: what git writes for a reference that does not exist.
    public static let zero = ObjectID(unchecked: String(repeating: "0", count: 40))

    /// The tree without entries.
    public static let emptyTree = ObjectID(unchecked: "4b825dc642cb6eb9a060e54bf8d69288fbee4904")

    /// Whether this is no object.
    public var isZero: Bool { hex.utf8.allSatisfy { $0 == 0x30 } }

    /// The first digits, for people.
    public var short: String { String(hex.prefix(10)) }

    /// The name in bytes.
    public var bytes: [UInt8] {
        var result: [UInt8] = []
        result.reserveCapacity(hex.utf8.count / 2)
        var high: UInt8?
        for digit in hex.utf8 {
            let value = digit < 0x3a ? digit - 0x30 : digit - 0x57
            if let first = high {
                result.append(first << 4 | value)
                high = nil
            } else {
                high = value
            }
        }
        return result
    }
}

extension ObjectID: CustomStringConvertible {
    /// All 40 digits.
    public var description: String { hex }
}

extension ObjectID: Comparable {
    /// The order of the digits, in which git sorts packs.
    public static func < (left: ObjectID, right: ObjectID) -> Bool { left.hex < right.hex }
}

extension ObjectID: Codable {
    /// Reads 40 hexadecimal digits.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        let text = try container.decode(String.self)
        guard let id = ObjectID(text) else {
            throw DecodingError.dataCorruptedError(
                in: container, debugDescription: "\"\(text)\" is no full object name of 40 hexadecimal digits"
            )
        }
        self = id
    }

    /// Writes 40 hexadecimal digits.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(hex)
    }
}
