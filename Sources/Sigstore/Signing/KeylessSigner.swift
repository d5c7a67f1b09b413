import Manifest

/// Signs without a key that anybody must keep: a key is made, certified for the owner of a token, used, and forgotten.
///
///     let signer = KeylessSigner(endpoints: endpoints, exchange: .network(), trustedRoot: root)
///     let session = try await signer.session(token: token)
///     let bundle = try await session.sign(statement)
public struct KeylessSigner: Sendable {
    /// Where certificates and log entries are had.
    public var endpoints: SigningEndpoints
    /// How servers are asked.
    public var exchange: HTTPExchange
    /// What the results are checked against before they are given out; nil checks nothing.
    public var trustedRoot: TrustedRoot?

    /// Signs by an authority and a log; what they answer is checked where a root is given.
    public init(
        endpoints: SigningEndpoints, exchange: HTTPExchange = .network(), trustedRoot: TrustedRoot? = nil
    ) {
        self.endpoints = endpoints
        self.exchange = exchange
        self.trustedRoot = trustedRoot
    }

    /// Gets a certificate for a new key. The session is for signatures that are made at once: it ends in minutes.
    ///
    /// - Throws: `SigstoreError` with code `refused`, `unreachable` or `malformed`.
    public func session(token: IdentityToken) async throws -> SigningSession {
        let key = PrivateKey.p256()
        let client = CertificateAuthorityClient(url: endpoints.certificateAuthority, exchange: exchange)
        let (certificate, chain) = try await client.certificate(for: key, token: token)
        return SigningSession(
            key: key, certificate: certificate, chain: chain,
            log: TransparencyLogClient(url: endpoints.transparencyLog, exchange: exchange),
            trustedRoot: trustedRoot)
    }
}

/// A certified key of a few minutes, for the signatures of one artifact.
public struct SigningSession: Sendable {
    private let key: PrivateKey
    /// Who signs, as the certificate authority has found.
    public let certificate: SigningCertificate
    /// The certificates above the signer's, in PEM.
    public let chain: String
    private let log: TransparencyLogClient
    private let trustedRoot: TrustedRoot?

    init(
        key: PrivateKey, certificate: SigningCertificate, chain: String, log: TransparencyLogClient,
        trustedRoot: TrustedRoot?
    ) {
        self.key = key
        self.certificate = certificate
        self.chain = chain
        self.log = log
        self.trustedRoot = trustedRoot
    }

    /// Signs an artifact itself.
    ///
    /// - Throws: `SigstoreError`; also where the result does not verify against the trusted root.
    public func sign(_ artifact: [UInt8]) async throws -> SignatureBundle {
        let signature = try key.signature(for: artifact)
        let digest = sha256(artifact)
        let entry = try await log.add(hashedRecord(digest, signature))
        let bundle = SignatureBundle(
            signer: .certificate(certificate.derRepresentation), logEntries: [entry],
            content: .message(
                digest: SignatureBundle.MessageDigest(algorithm: "SHA2_256", digest: digest),
                signature: signature))
        try check(bundle, of: Artifact(artifact))
        return bundle
    }

    /// Signs a statement about artifacts.
    ///
    /// - Throws: as ``sign(_:)-([UInt8])``, and `malformed` for a statement without a SHA-256.
    public func sign(_ statement: Statement) async throws -> SignatureBundle {
        guard let digest = statement.subjects.first?.digest["sha256"].flatMap({ Hex.decode($0) }) else {
            throw SigstoreError(.malformed, "the statement's first subject has no SHA-256")
        }
        let envelope = try Envelope.sign(
            statement.json, type: Envelope.inTotoPayloadType, with: [KeySigner(key)])
        let entry = try await log.add([
            "apiVersion": "0.0.1", "kind": "dsse",
            "spec": [
                "proposedContent": [
                    "envelope": .string(JSON.string(envelope.value)),
                    "verifiers": [.string(encodedCertificate)],
                ]
            ],
        ])
        let bundle = SignatureBundle(
            signer: .certificate(certificate.derRepresentation), logEntries: [entry],
            content: .envelope(envelope))
        try check(bundle, of: Artifact(sha256: digest))
        return bundle
    }

    /// Signs an image in the layout of cosign 1 and 2.
    ///
    /// - Parameters:
    ///   - reference: the repository, `registry/name`.
    ///   - digest: `sha256:…` of the manifest.
    /// - Throws: as ``sign(_:)-([UInt8])``.
    public func signLegacy(reference: String, digest: String) async throws -> LegacySignature {
        let payload = LegacySignature.payload(reference: reference, digest: digest)
        let signature = try key.signature(for: payload)
        let entry = try await log.add(hashedRecord(sha256(payload), signature))
        let result = LegacySignature(
            payload: payload, signature: signature, certificate: certificate.derRepresentation,
            logEntry: entry)
        if let trustedRoot, let image = Hex.decode(digest.dropFirst(7)) {
            let report = SignatureVerifier(trustedRoot: trustedRoot).verify(
                result, ofImage: image, by: .identity(try ownIdentity()))
            if let error = report.error { throw error }
        }
        return result
    }

    /// Checks what was made as a stranger would: a server that answers with somebody else's proof is found out here.
    private func check(_ bundle: SignatureBundle, of artifact: Artifact) throws {
        guard let trustedRoot else { return }
        let report = SignatureVerifier(trustedRoot: trustedRoot).verify(
            bundle, of: artifact, by: .identity(try ownIdentity()))
        if let error = report.error { throw error }
    }

    private func ownIdentity() throws(SigstoreError) -> IdentityPolicy {
        IdentityPolicy(identity: .exact(certificate.identity.value), issuer: .exact(try certificate.issuer))
    }

    private var encodedCertificate: String {
        Base64.encode(Array(PEM.write("CERTIFICATE", certificate.derRepresentation).utf8))
    }

    private func hashedRecord(_ digest: [UInt8], _ signature: [UInt8]) -> Value {
        [
            "apiVersion": "0.0.1", "kind": "hashedrekord",
            "spec": [
                "data": ["hash": ["algorithm": "sha256", "value": .string(Hex.encode(digest))]],
                "signature": [
                    "content": .string(Base64.encode(signature)),
                    "publicKey": ["content": .string(encodedCertificate)],
                ],
            ],
        ]
    }
}
