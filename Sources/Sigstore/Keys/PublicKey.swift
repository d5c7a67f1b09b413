import Crypto
import FoundationEssentials
import SwiftASN1
import _CryptoExtras

/// A key that checks signatures: ECDSA on P-256, P-384 or P-521, Ed25519, or RSA of at least 2048 bits.
///
/// Each key has one hash: SHA-256 for P-256 and RSA (PKCS #1 v1.5), SHA-384 for P-384, SHA-512 for P-521. So a
/// signature can never choose its own algorithm.
public struct PublicKey: Sendable {
    enum Backing: Sendable {
        case p256(P256.Signing.PublicKey)
        case p384(P384.Signing.PublicKey)
        case p521(P521.Signing.PublicKey)
        case ed25519(Curve25519.Signing.PublicKey)
        case rsa(_RSA.Signing.PublicKey)
    }

    /// The families of keys.
    public enum Algorithm: String, Sendable, Hashable {
        case p256 = "ECDSA P-256"
        case p384 = "ECDSA P-384"
        case p521 = "ECDSA P-521"
        case ed25519 = "Ed25519"
        case rsa = "RSA"
    }

    let backing: Backing
    /// The SubjectPublicKeyInfo in DER.
    public let derRepresentation: [UInt8]

    init(_ backing: Backing) {
        self.backing = backing
        switch backing {
        case .p256(let key): derRepresentation = [UInt8](key.derRepresentation)
        case .p384(let key): derRepresentation = [UInt8](key.derRepresentation)
        case .p521(let key): derRepresentation = [UInt8](key.derRepresentation)
        case .ed25519(let key): derRepresentation = Self.ed25519Prefix + [UInt8](key.rawRepresentation)
        case .rsa(let key): derRepresentation = [UInt8](key.derRepresentation)
        }
    }

    /// Reads a SubjectPublicKeyInfo in DER.
    ///
    /// - Throws: `SigstoreError` with code `malformed` or, for a key of another family or a short RSA key,
    ///   `unsupported`.
    public init(derRepresentation: some Sequence<UInt8>) throws(SigstoreError) {
        let bytes = [UInt8](derRepresentation)
        guard let algorithm = Self.algorithm(of: bytes) else {
            throw SigstoreError(
                .unsupported,
                "the public key is neither ECDSA (P-256, P-384, P-521), Ed25519 nor RSA; use another")
        }
        do {
            switch algorithm {
            case .p256: backing = .p256(try P256.Signing.PublicKey(derRepresentation: bytes))
            case .p384: backing = .p384(try P384.Signing.PublicKey(derRepresentation: bytes))
            case .p521: backing = .p521(try P521.Signing.PublicKey(derRepresentation: bytes))
            case .ed25519:
                guard bytes.count == Self.ed25519Prefix.count + 32, bytes.starts(with: Self.ed25519Prefix)
                else {
                    throw SigstoreError(.malformed, "its DER is not that of RFC 8410")
                }
                backing = .ed25519(try Curve25519.Signing.PublicKey(rawRepresentation: bytes.suffix(32)))
            case .rsa: backing = .rsa(try _RSA.Signing.PublicKey(derRepresentation: bytes))
            }
        } catch {
            throw SigstoreError(
                .malformed, "the \(algorithm.rawValue) public key cannot be read; check where it comes from",
                cause: error)
        }
        self.derRepresentation = bytes
    }

    /// Reads the first `PUBLIC KEY` block of a PEM document.
    ///
    /// - Throws: as ``init(derRepresentation:)``, and `malformed` where there is no such block.
    public init(pemRepresentation: String) throws(SigstoreError) {
        let blocks = try PEM.parse(pemRepresentation.utf8)
        guard let block = blocks.first(where: { $0.label == "PUBLIC KEY" }) else {
            throw SigstoreError(
                .malformed, "no PEM block \"PUBLIC KEY\" was found; give a public key in that form")
        }
        try self.init(derRepresentation: block.bytes)
    }

    /// The key as a `PUBLIC KEY` block.
    public var pemRepresentation: String { PEM.write("PUBLIC KEY", derRepresentation) }

    /// SHA-256 of the DER form: how transparency logs are named.
    public var fingerprint: [UInt8] { [UInt8](SHA256.hash(data: derRepresentation)) }

    /// Decides which signatures fit, so that none is tried by another's rules.
    public var algorithm: Algorithm {
        switch backing {
        case .p256: .p256
        case .p384: .p384
        case .p521: .p521
        case .ed25519: .ed25519
        case .rsa: .rsa
        }
    }

    /// Whether a signature was made over a message with the private half of this key.
    public func isValid(_ signature: [UInt8], for message: [UInt8]) -> Bool {
        switch backing {
        case .p256(let key):
            guard let parsed = try? P256.Signing.ECDSASignature(derRepresentation: signature) else {
                return false
            }
            return key.isValidSignature(parsed, for: message)
        case .p384(let key):
            guard let parsed = try? P384.Signing.ECDSASignature(derRepresentation: signature) else {
                return false
            }
            return key.isValidSignature(parsed, for: message)
        case .p521(let key):
            guard let parsed = try? P521.Signing.ECDSASignature(derRepresentation: signature) else {
                return false
            }
            return key.isValidSignature(parsed, for: message)
        case .ed25519(let key):
            return key.isValidSignature(signature, for: message)
        case .rsa(let key):
            let parsed = _RSA.Signing.RSASignature(rawRepresentation: signature)
            return key.isValidSignature(parsed, for: SHA256.hash(data: message), padding: .insecurePKCS1v1_5)
        }
    }

    /// The DER of a SubjectPublicKeyInfo for Ed25519 up to the 32 bytes of the key (RFC 8410).
    static let ed25519Prefix: [UInt8] = [
        0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00,
    ]

    private static func algorithm(of bytes: [UInt8]) -> Algorithm? {
        guard let info = try? SubjectPublicKeyInfo(derEncoded: bytes) else { return nil }
        switch info.algorithm {
        case SubjectPublicKeyInfo.ecPublicKey:
            switch info.parameters {
            case SubjectPublicKeyInfo.p256: return .p256
            case SubjectPublicKeyInfo.p384: return .p384
            case SubjectPublicKeyInfo.p521: return .p521
            default: return nil
            }
        case SubjectPublicKeyInfo.ed25519: return .ed25519
        case SubjectPublicKeyInfo.rsaEncryption: return .rsa
        default: return nil
        }
    }
}

extension PublicKey: Hashable {
    /// Two keys are one where their encodings are.
    public static func == (left: PublicKey, right: PublicKey) -> Bool {
        left.derRepresentation == right.derRepresentation
    }

    /// Hashes the encoding.
    public func hash(into hasher: inout Hasher) { hasher.combine(derRepresentation) }
}

/// A public key under the name that signatures carry.
public struct KeyVerifier: Verifier {
    /// The key that signatures are checked by.
    public var key: PublicKey
    /// The name of signatures that are tried; nil for all.
    public var keyID: String?

    /// A verifier with a key; without a name it is tried on every signature.
    public init(_ key: PublicKey, keyID: String? = nil) {
        self.key = key
        self.keyID = keyID
    }

    /// Whether a signature is this key's over a message.
    public func isValid(_ signature: [UInt8], for message: [UInt8]) -> Bool {
        key.isValid(signature, for: message)
    }
}
