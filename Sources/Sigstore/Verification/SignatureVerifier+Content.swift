import Crypto

extension SignatureVerifier {
    /// What the log must have recorded of a bundle's content.
    static func subject(
        of bundle: SignatureBundle, _ artifact: Artifact, _ signer: EntryContent.SignerMaterial
    ) throws(SigstoreError) -> EntryContent.Subject {
        switch bundle.content {
        case .envelope(let envelope): return .envelope(envelope)
        case .message(let hint, _):
            let key =
                switch signer {
                case .certificate(let certificate): certificate.publicKey
                case .key(let key): key
                }
            let algorithm = key.hashAlgorithm
            let needsBytes = key.algorithm == .rsa || key.algorithm == .ed25519
            guard let digest = artifact.digest(algorithm), artifact.bytes != nil || !needsBytes else {
                throw SigstoreError(
                    .unsupported,
                    "a signature by a \(key.algorithm.rawValue) key needs the artifact, not its SHA-256")
            }
            if let hint {
                guard hint.algorithm == algorithm.protobufName, hint.digest == digest else {
                    throw SigstoreError(
                        .mismatch, "the bundle is for another artifact: its message digest differs")
                }
            }
            return .message(algorithm: algorithm, digest: digest)
        }
    }

    /// Checks the signature itself.
    static func checkSignature(
        _ bundle: SignatureBundle, _ artifact: Artifact, _ signer: EntryContent.SignerMaterial
    ) throws(SigstoreError) -> String {
        let key =
            switch signer {
            case .certificate(let certificate): certificate.publicKey
            case .key(let key): key
            }
        switch bundle.content {
        case .envelope(let envelope):
            guard envelope.payloadType == Envelope.inTotoPayloadType else {
                throw SigstoreError(
                    .unsupported, "the envelope holds \"\(envelope.payloadType)\", not an in-toto statement")
            }
            guard key.isValid(bundle.signature, for: envelope.signedBytes) else {
                throw SigstoreError(
                    .invalidSignature,
                    "the signature does not fit the envelope; its payload or signature was changed")
            }
        case .message(_, let signature):
            guard key.isValid(signature, for: artifact) else {
                throw SigstoreError(
                    .invalidSignature,
                    "the signature does not fit the artifact; it is of another one, or was changed")
            }
        }
        return "\(key.algorithm.rawValue)"
    }

    /// The statement in an envelope, once it is about the artifact and of a wanted kind.
    static func statement(
        of bundle: SignatureBundle, _ artifact: Artifact, _ predicateTypes: Set<String>?
    ) throws(SigstoreError) -> (detail: String, value: Statement?) {
        let digest = "sha256:\(Hex.encode(artifact.digest))"
        guard case .envelope(let envelope) = bundle.content else {
            if let predicateTypes, !predicateTypes.contains(PredicateType.imageSignature) {
                throw SigstoreError(
                    .policy,
                    "the signature is over the artifact itself, but a statement of "
                        + "\(predicateTypes.sorted().joined(separator: ", ")) is wanted")
            }
            return (digest, nil)
        }
        let statement = try Statement(json: envelope.payload)
        guard statement.isAbout(sha256: artifact.digest) else {
            throw SigstoreError(.mismatch, "the statement is not about \(digest), but about another artifact")
        }
        if let predicateTypes, !predicateTypes.contains(statement.predicateType) {
            throw SigstoreError(
                .policy,
                "the statement is of \(statement.predicateType), but "
                    + "\(predicateTypes.sorted().joined(separator: ", ")) is wanted")
        }
        return ("\(statement.predicateType) about \(digest)", statement)
    }
}

extension PublicKey {
    /// The hash with which the key signs messages.
    var hashAlgorithm: HashAlgorithm {
        switch backing {
        case .p256, .rsa: .sha256
        case .p384: .sha384
        case .p521, .ed25519: .sha512
        }
    }

    /// Whether a signature was made over an artifact, of which perhaps only the digest is known.
    func isValid(_ signature: [UInt8], for artifact: Artifact) -> Bool {
        if let bytes = artifact.bytes { return isValid(signature, for: bytes) }
        return hashAlgorithm == .sha256 && isValid(signature, forDigest: artifact.digest, .sha256)
    }

    /// Whether a signature was made over a message with a digest.
    ///
    /// False for Ed25519, which signs messages, and for RSA keys, for which the message is needed too.
    func isValid(_ signature: [UInt8], forDigest digest: [UInt8], _ algorithm: HashAlgorithm) -> Bool {
        guard digest.count == algorithm.count else { return false }
        let digest = KnownDigest(digest)
        switch backing {
        case .p256(let key):
            guard let parsed = try? P256.Signing.ECDSASignature(derRepresentation: signature) else {
                return false
            }
            return key.isValidSignature(parsed, for: digest)
        case .p384(let key):
            guard let parsed = try? P384.Signing.ECDSASignature(derRepresentation: signature) else {
                return false
            }
            return key.isValidSignature(parsed, for: digest)
        case .p521(let key):
            guard let parsed = try? P521.Signing.ECDSASignature(derRepresentation: signature) else {
                return false
            }
            return key.isValidSignature(parsed, for: digest)
        // The library's RSA knows its own digest types only, and traps on others.
        case .rsa, .ed25519: return false
        }
    }
}
