import Crypto

/// The name of content by its hash, such as `sha256:2c26b46b…`.
///
/// Image specification 1.1, "Digests". Only the registered algorithms are known; the hexadecimal part is lower case
/// and as long as the algorithm says.
public struct Digest: Sendable, Hashable, Comparable, CustomStringConvertible {
    /// A hash function that content can be named by.
    public enum Algorithm: String, Sendable, Hashable, CaseIterable {
        case sha256, sha384, sha512

        /// The number of hexadecimal digits of a digest.
        public var hexLength: Int {
            switch self {
            case .sha256: 64
            case .sha384: 96
            case .sha512: 128
            }
        }
    }

    /// The function the digest is made with.
    public let algorithm: Algorithm
    /// The hash in lower-case hexadecimal digits.
    public let hex: String

    /// Reads `ALGORITHM:HEX`.
    ///
    /// - Throws: ``OCIError`` with code `invalidDigest`.
    public init(parsing text: some StringProtocol) throws(OCIError) {
        guard let colon = text.utf8.firstIndex(of: UInt8(ascii: ":")) else {
            throw OCIError(.invalidDigest, "'\(text)' is no digest; write sha256: and 64 hexadecimal digits")
        }
        guard let algorithm = Algorithm(rawValue: String(text[..<colon])) else {
            throw OCIError(
                .invalidDigest, "the algorithm of digest '\(text)' is unknown; use sha256, sha384 or sha512")
        }
        let hex = text[text.index(after: colon)...]
        guard hex.utf8.count == algorithm.hexLength, hex.utf8.allSatisfy(\.isLowerHexDigit) else {
            throw OCIError(
                .invalidDigest,
                "digest '\(text)' must have \(algorithm.hexLength) lower-case hexadecimal digits")
        }
        self.init(algorithm: algorithm, hex: String(hex))
    }

    /// A digest whose digits are known to be right.
    init(algorithm: Algorithm, hex: String) {
        self.algorithm = algorithm
        self.hex = hex
    }

    /// The SHA-256 digest of content that is in memory.
    public static func sha256(_ bytes: [UInt8]) -> Digest {
        Digest(algorithm: .sha256, hex: hexText(SHA256.hash(data: bytes)))
    }

    /// The form in which digests are written, which reads back as itself.
    public var description: String { "\(algorithm.rawValue):\(hex)" }

    /// The first twelve digits, as people are shown them.
    public var short: String { String(hex.prefix(12)) }

    /// The order of their texts.
    public static func < (left: Digest, right: Digest) -> Bool {
        left.algorithm == right.algorithm
            ? left.hex < right.hex : left.algorithm.rawValue < right.algorithm.rawValue
    }
}

/// Computes a digest of content that arrives piece by piece.
public struct DigestBuilder: Sendable {
    private enum State: Sendable {
        case sha256(SHA256)
        case sha384(SHA384)
        case sha512(SHA512)
    }
    private var state: State
    /// The bytes taken in so far.
    public private(set) var count: Int64 = 0

    /// Begins a digest of nothing yet.
    public init(_ algorithm: Digest.Algorithm = .sha256) {
        state =
            switch algorithm {
            case .sha256: .sha256(SHA256())
            case .sha384: .sha384(SHA384())
            case .sha512: .sha512(SHA512())
            }
    }

    /// Takes in the next bytes.
    public mutating func update(_ bytes: UnsafeRawBufferPointer) {
        count += Int64(bytes.count)
        switch state {
        case .sha256(var hash):
            // The state is emptied so that the hash is not copied on every update.
            state = .sha256(SHA256())
            hash.update(bufferPointer: bytes)
            state = .sha256(hash)
        case .sha384(var hash):
            hash.update(bufferPointer: bytes)
            state = .sha384(hash)
        case .sha512(var hash):
            hash.update(bufferPointer: bytes)
            state = .sha512(hash)
        }
    }

    /// Takes in the next bytes.
    public mutating func update(_ bytes: [UInt8]) {
        bytes.withUnsafeBytes { update($0) }
    }

    /// The digest of what was taken in; more may follow.
    public func digest() -> Digest {
        switch state {
        case .sha256(let hash): Digest(algorithm: .sha256, hex: hexText(hash.finalize()))
        case .sha384(let hash): Digest(algorithm: .sha384, hex: hexText(hash.finalize()))
        case .sha512(let hash): Digest(algorithm: .sha512, hex: hexText(hash.finalize()))
        }
    }
}

/// The lower-case hexadecimal digits of bytes.
func hexText(_ bytes: some Sequence<UInt8>) -> String {
    let digits = Array("0123456789abcdef".utf8)
    var text: [UInt8] = []
    for byte in bytes {
        text.append(digits[Int(byte >> 4)])
        text.append(digits[Int(byte & 15)])
    }
    return String(decoding: text, as: UTF8.self)
}

extension UInt8 {
    var isLowerHexDigit: Bool {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(self)
            || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains(self)
    }
    var isDigit: Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(self) }
    var isLowerLetter: Bool { (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(self) }
    var isUpperLetter: Bool { (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(self) }
    var isLowerAlphanumeric: Bool { isDigit || isLowerLetter }
    var isAlphanumeric: Bool { isDigit || isLowerLetter || isUpperLetter }
}
