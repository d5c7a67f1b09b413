import Crypto
import FoundationEssentials
import X509
import _CryptoExtras

/// A key that signs: ECDSA on P-256 or P-384, or Ed25519.
public struct PrivateKey: Sendable {
    enum Backing: Sendable {
        case p256(P256.Signing.PrivateKey)
        case p384(P384.Signing.PrivateKey)
        case ed25519(Curve25519.Signing.PrivateKey)
    }

    let backing: Backing
    /// The half that everybody may have.
    public let publicKey: PublicKey

    init(_ backing: Backing) {
        self.backing = backing
        publicKey =
            switch backing {
            case .p256(let key): PublicKey(.p256(key.publicKey))
            case .p384(let key): PublicKey(.p384(key.publicKey))
            case .ed25519(let key): PublicKey(.ed25519(key.publicKey))
            }
    }

    /// A new ECDSA key on P-256, which signs with SHA-256.
    public static func p256() -> PrivateKey { PrivateKey(.p256(P256.Signing.PrivateKey())) }

    /// A new ECDSA key on P-384, which signs with SHA-384.
    public static func p384() -> PrivateKey { PrivateKey(.p384(P384.Signing.PrivateKey())) }

    /// A new Ed25519 key.
    public static func ed25519() -> PrivateKey { PrivateKey(.ed25519(Curve25519.Signing.PrivateKey())) }

    /// Reads a PKCS #8 `PRIVATE KEY` block.
    ///
    /// - Throws: `SigstoreError` with code `malformed` or `unsupported`; never with the key in its message.
    public init(pemRepresentation: String) throws(SigstoreError) {
        let blocks = try PEM.parse(pemRepresentation.utf8)
        guard let block = blocks.first(where: { $0.label == "PRIVATE KEY" }) else {
            throw SigstoreError(
                .malformed, "no PEM block \"PRIVATE KEY\" (PKCS #8) was found; convert the key to it")
        }
        if let key = try? P256.Signing.PrivateKey(derRepresentation: block.bytes) {
            self.init(.p256(key))
        } else if let key = try? P384.Signing.PrivateKey(derRepresentation: block.bytes) {
            self.init(.p384(key))
        } else if block.bytes.count == Self.ed25519Prefix.count + 32,
            block.bytes.starts(with: Self.ed25519Prefix),
            let key = try? Curve25519.Signing.PrivateKey(rawRepresentation: block.bytes.suffix(32))
        {
            self.init(.ed25519(key))
        } else {
            throw SigstoreError(
                .unsupported,
                "the private key is not ECDSA (P-256, P-384) or Ed25519 in PKCS #8; make one of these")
        }
    }

    /// The key as a PKCS #8 `PRIVATE KEY` block, for a file that only its owner can read.
    public var pemRepresentation: String {
        switch backing {
        case .p256(let key): key.pemRepresentation + "\n"
        case .p384(let key): key.pemRepresentation + "\n"
        case .ed25519(let key): PEM.write("PRIVATE KEY", Self.ed25519Prefix + [UInt8](key.rawRepresentation))
        }
    }

    /// Signs a message with the hash of the key's family.
    ///
    /// - Throws: `SigstoreError` with code `invalidSignature` if the cryptographic library refuses.
    public func signature(for message: [UInt8]) throws(SigstoreError) -> [UInt8] {
        do {
            switch backing {
            case .p256(let key): return [UInt8](try key.signature(for: message).derRepresentation)
            case .p384(let key): return [UInt8](try key.signature(for: message).derRepresentation)
            case .ed25519(let key): return [UInt8](try key.signature(for: message))
            }
        } catch {
            throw SigstoreError(.invalidSignature, "the key could not sign", cause: error)
        }
    }

    /// The DER of a PKCS #8 Ed25519 key up to its 32 bytes (RFC 8410).
    private static let ed25519Prefix: [UInt8] = [
        0x30, 0x2e, 0x02, 0x01, 0x00, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x04, 0x22, 0x04, 0x20,
    ]

    var certificateKey: Certificate.PrivateKey {
        switch backing {
        case .p256(let key): Certificate.PrivateKey(key)
        case .p384(let key): Certificate.PrivateKey(key)
        case .ed25519(let key): Certificate.PrivateKey(key)
        }
    }
}

/// A private key under the name that its signatures carry.
public struct KeySigner: Signer {
    /// The key; it leaves the value by signatures alone.
    public var key: PrivateKey
    /// The name by which verifiers know the key.
    public var keyID: String?

    /// A signer with a key and, where verifiers choose among keys, its name.
    public init(_ key: PrivateKey, keyID: String? = nil) {
        self.key = key
        self.keyID = keyID
    }

    /// Signs a message; two signatures of one are not the same.
    public func signature(for message: [UInt8]) throws(SigstoreError) -> [UInt8] {
        try key.signature(for: message)
    }

    /// What checks this signer's signatures.
    public var verifier: KeyVerifier { KeyVerifier(key.publicKey, keyID: keyID) }
}
