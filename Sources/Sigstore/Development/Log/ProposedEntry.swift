import Crypto
import Manifest
import X509
import _CryptoExtras

/// An entry that somebody wants a log to keep, once its signature has been checked.
struct ProposedEntry: Sendable {
    let kind: String
    let version: String
    /// What the log keeps: canonical JSON (RFC 8785), which for these bodies is JSON with sorted keys and no spaces.
    let body: [UInt8]

    /// Reads a ProposedEntry of the Rekor 1 API and checks that its signature is by the key it names.
    ///
    /// - Throws: `SigstoreError` with code `malformed`, `unsupported` or `invalidSignature`.
    init(_ value: Value) throws(SigstoreError) {
        let kind = value["kind"]?.stringValue ?? ""
        let version = value["apiVersion"]?.stringValue ?? ""
        guard let spec = value["spec"] else {
            throw SigstoreError(.malformed, "the proposed entry has no spec")
        }
        switch (kind, version) {
        case ("hashedrekord", "0.0.1"): body = try Self.hashedRecord(spec)
        case ("dsse", "0.0.1"): body = try Self.envelope(spec)
        default:
            throw SigstoreError(
                .unsupported,
                "entries of kind \"\(kind)\" \(version) are not kept here; hashedrekord 0.0.1 and dsse 0.0.1 are"
            )
        }
        self.kind = kind
        self.version = version
    }

    private static func hashedRecord(_ spec: Value) throws(SigstoreError) -> [UInt8] {
        guard let name = spec["data", "hash", "algorithm"]?.stringValue,
            let algorithm = HashAlgorithm(rawValue: name),
            let text = spec["data", "hash", "value"]?.stringValue, let digest = Hex.decode(text),
            digest.count == algorithm.count,
            let signature = spec["signature", "content"]?.stringValue.flatMap(Base64.decode),
            !signature.isEmpty
        else {
            throw SigstoreError(
                .malformed, "a hashedrekord needs data.hash (sha256, sha384 or sha512) and signature.content")
        }
        let signer = try LoggedSigner(spec["signature", "publicKey", "content"])
        guard signer.key.isValid(signature, forDigest: digest, algorithm) else {
            throw SigstoreError(.invalidSignature, "the signature does not fit the hash and the public key")
        }
        return JSON.write(
            [
                "apiVersion": "0.0.1", "kind": "hashedrekord",
                "spec": [
                    "data": ["hash": ["algorithm": .string(name), "value": .string(text)]],
                    "signature": [
                        "content": .string(Base64.encode(signature)),
                        "publicKey": ["content": .string(signer.content)],
                    ],
                ],
            ], options: JSON.WriteOptions(sortsKeys: true))
    }

    private static func envelope(_ spec: Value) throws(SigstoreError) -> [UInt8] {
        guard let text = spec["proposedContent", "envelope"]?.stringValue,
            let verifiers = spec["proposedContent", "verifiers"]?.arrayValue, !verifiers.isEmpty
        else { throw SigstoreError(.malformed, "a dsse entry needs proposedContent.envelope and .verifiers") }
        let envelope = try Envelope(json: text.utf8)
        guard !envelope.signatures.isEmpty, verifiers.count <= Envelope.maximumSignatures else {
            throw SigstoreError(.malformed, "the envelope has no signature, or the entry too many verifiers")
        }
        var signers: [LoggedSigner] = []
        for verifier in verifiers { signers.append(try LoggedSigner(verifier)) }
        var recorded: [(signature: String, verifier: String)] = []
        let message = envelope.signedBytes
        for item in envelope.signatures {
            guard let signer = signers.first(where: { $0.key.isValid(item.signature, for: message) }) else {
                throw SigstoreError(
                    .invalidSignature, "a signature of the envelope is by none of the verifiers")
            }
            recorded.append((Base64.encode(item.signature), signer.content))
        }
        let items = recorded.sorted { $0.signature < $1.signature }.map { item -> Value in
            ["signature": .string(item.signature), "verifier": .string(item.verifier)]
        }
        return JSON.write(
            [
                "apiVersion": "0.0.1", "kind": "dsse",
                "spec": [
                    "envelopeHash": ["algorithm": "sha256", "value": .string(Hex.encode(sha256(text.utf8)))],
                    "payloadHash": [
                        "algorithm": "sha256", "value": .string(Hex.encode(sha256(envelope.payload))),
                    ],
                    "signatures": .array(items),
                ],
            ], options: JSON.WriteOptions(sortsKeys: true))
    }

    /// What an entry can be found by: `sha256:…` of what was signed, and e-mail addresses of its signers.
    static func searchKeys(body: Value) -> [String] {
        var keys: [String] = []
        let spec = body["spec"]
        for hash in [spec?["data", "hash"], spec?["payloadHash"], spec?["envelopeHash"]] {
            guard let name = hash?["algorithm"]?.stringValue, let value = hash?["value"]?.stringValue else {
                continue
            }
            keys.append("\(name):\(value)")
        }
        var signers = (spec?["signatures"]?.arrayValue ?? []).compactMap { $0["verifier"] }
        if let signer = spec?["signature", "publicKey", "content"] { signers.append(signer) }
        for content in signers {
            guard let signer = try? LoggedSigner(content) else { continue }
            keys.append("key:\(Hex.encode(signer.key.fingerprint))")
            if let identity = signer.identity, identity.kind == .email {
                keys.append("email:\(identity.value)")
            }
        }
        return keys
    }
}

/// The signer of an entry: base64 of the PEM of a certificate or a key.
struct LoggedSigner: Sendable {
    let key: PublicKey
    /// The content as the log keeps it: PEM in one spelling.
    let content: String
    let identity: SigningCertificate.Identity?

    init(_ value: Value?) throws(SigstoreError) {
        guard let pem = value?.stringValue.flatMap(Base64.decode) else {
            throw SigstoreError(.malformed, "the entry's public key is not base64 of PEM")
        }
        let blocks = try PEM.parse(pem)
        guard blocks.count == 1, let block = blocks.first else {
            throw SigstoreError(
                .malformed, "the entry's public key has \(blocks.count) PEM blocks; exactly one is valid")
        }
        switch block.label {
        case "CERTIFICATE":
            // Any certificate may be logged; only those of Sigstore name a signer.
            if let certificate = try? SigningCertificate(derRepresentation: block.bytes) {
                key = certificate.publicKey
                identity = certificate.identity
            } else {
                do {
                    key = try PublicKey(
                        derRepresentation: CertificateStructure(derEncoded: block.bytes).publicKey)
                } catch {
                    throw SigstoreError(.malformed, "the entry's certificate cannot be read", cause: error)
                }
                identity = nil
            }
        case "PUBLIC KEY":
            key = try PublicKey(derRepresentation: block.bytes)
            identity = nil
        default:
            throw SigstoreError(.unsupported, "the entry's public key is a \"\(block.label)\"")
        }
        content = Base64.encode(Array(PEM.write(block.label, block.bytes).utf8))
    }

    /// Reads the PEM of a search.
    init(pem: String) throws(SigstoreError) {
        try self.init(.string(Base64.encode(Array(pem.utf8))))
    }
}
