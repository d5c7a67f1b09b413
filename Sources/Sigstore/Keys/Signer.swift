/// Something that signs: a key in memory, or a device that holds one.
public protocol Signer: Sendable {
    /// The name under which verifiers find the key, nil where the signature's surroundings tell.
    var keyID: String? { get }

    /// Signs a message. ECDSA signatures are in their DER form, Ed25519 ones are 64 bytes.
    ///
    /// - Throws: `SigstoreError` if the key cannot be used.
    func signature(for message: [UInt8]) throws(SigstoreError) -> [UInt8]
}

/// Something that tells whether a signature is that of one key.
public protocol Verifier: Sendable {
    /// The name that signers put beside a signature, nil to be tried on every signature.
    var keyID: String? { get }

    /// Whether the signature was made over the message with this verifier's key. A malformed signature is not.
    func isValid(_ signature: [UInt8], for message: [UInt8]) -> Bool
}
