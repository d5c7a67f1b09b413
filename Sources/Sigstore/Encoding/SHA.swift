import Crypto

/// A digest whose message is not at hand, so that a signature over it can be checked all the same.
struct KnownDigest: Crypto.Digest {
    // ECDSA takes the bytes as they are, whatever their number. RSA must not be given this type.
    static let byteCount = 32
    let bytes: [UInt8]

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    func makeIterator() -> IndexingIterator<[UInt8]> { bytes.makeIterator() }

    func withUnsafeBytes<R>(_ body: (UnsafeRawBufferPointer) throws -> R) rethrows -> R {
        try bytes.withUnsafeBytes(body)
    }

    var description: String { Hex.encode(bytes) }
}

/// The hash functions of signatures and log entries.
enum HashAlgorithm: String, Sendable {
    case sha256, sha384, sha512

    init?(protobuf name: String) {
        switch name {
        case "SHA2_256": self = .sha256
        case "SHA2_384": self = .sha384
        case "SHA2_512": self = .sha512
        default: return nil
        }
    }

    var protobufName: String {
        switch self {
        case .sha256: "SHA2_256"
        case .sha384: "SHA2_384"
        case .sha512: "SHA2_512"
        }
    }

    func hash(_ bytes: some Sequence<UInt8>) -> [UInt8] {
        let bytes = Array(bytes)
        return switch self {
        case .sha256: [UInt8](SHA256.hash(data: bytes))
        case .sha384: [UInt8](SHA384.hash(data: bytes))
        case .sha512: [UInt8](SHA512.hash(data: bytes))
        }
    }
}

func sha256(_ bytes: some Sequence<UInt8>) -> [UInt8] { [UInt8](SHA256.hash(data: Array(bytes))) }

extension HashAlgorithm {
    /// Bytes of a digest.
    var count: Int {
        switch self {
        case .sha256: 32
        case .sha384: 48
        case .sha512: 64
        }
    }
}
