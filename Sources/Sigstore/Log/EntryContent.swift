import Manifest

/// What a log entry must record: whose signature it is over what.
struct EntryContent: Sendable {
    /// What was signed.
    enum Subject: Sendable {
        /// A message of which the entry keeps the digest.
        case message(algorithm: HashAlgorithm, digest: [UInt8])
        /// A DSSE envelope.
        case envelope(Envelope)
    }

    /// Who signed: the certificate, or a bare key.
    enum SignerMaterial: Sendable {
        case certificate(SigningCertificate)
        case key(PublicKey)
    }

    let subject: Subject
    let signature: [UInt8]
    let signer: SignerMaterial

    /// Compares an entry's body with this, field by field.
    ///
    /// - Throws: `SigstoreError` with code `malformed`, `unsupported` or `mismatch`.
    func check(_ entry: LogEntry) throws(SigstoreError) {
        let body: Value
        do throws(ManifestError) {
            body = try JSON.parse(entry.body, options: JSON.ReadOptions(strict: true, maximumDepth: 32))
        } catch {
            throw SigstoreError(
                .malformed, "the body of log entry \(entry.logIndex) is not JSON", cause: error)
        }
        guard body["kind"]?.stringValue == entry.kind, body["apiVersion"]?.stringValue == entry.version else {
            throw SigstoreError(
                .mismatch,
                "log entry \(entry.logIndex) says it is \(entry.kind) \(entry.version), but its body is "
                    + "\(body["kind"]?.stringValue ?? "?") \(body["apiVersion"]?.stringValue ?? "?")")
        }
        switch (entry.kind, entry.version) {
        case ("hashedrekord", "0.0.1"): try checkHashedRecord(body, entry)
        case ("hashedrekord", "0.0.2"): try checkHashedRecord2(body, entry)
        case ("dsse", "0.0.1"): try checkEnvelope(body, entry)
        case ("dsse", "0.0.2"): try checkEnvelope2(body, entry)
        case ("intoto", "0.0.2"): try checkInToto(body, entry)
        default:
            throw SigstoreError(
                .unsupported,
                "log entries of kind \(entry.kind) \(entry.version) are not known; sign as hashedrekord or dsse"
            )
        }
    }

    // MARK: Rekor 1

    private func checkHashedRecord(_ body: Value, _ entry: LogEntry) throws(SigstoreError) {
        guard case .message(let algorithm, let digest) = subject else {
            throw mismatch(entry, "records a message, but the signature is over an envelope")
        }
        let hash = body["spec", "data", "hash"]
        guard hash?["algorithm"]?.stringValue == algorithm.rawValue,
            hash?["value"]?.stringValue == Hex.encode(digest)
        else { throw mismatch(entry, "records another digest than that of what is signed") }
        let recorded = body["spec", "signature"]
        guard recorded?["content"]?.stringValue == Base64.encode(signature) else {
            throw mismatch(entry, "records another signature")
        }
        try checkSigner(pem: recorded?["publicKey", "content"]?.stringValue, entry)
    }

    private func checkEnvelope(_ body: Value, _ entry: LogEntry) throws(SigstoreError) {
        let envelope = try envelope(entry)
        try checkPayloadHash(body["spec", "payloadHash"], envelope, entry)
        let recorded = body["spec", "signatures"]?.arrayValue ?? []
        guard recorded.count == envelope.signatures.count else {
            throw mismatch(
                entry, "records \(recorded.count) signatures, the envelope has \(envelope.signatures.count)")
        }
        let signatures = recorded.compactMap { $0["signature"]?.stringValue }.sorted()
        guard signatures == envelope.signatures.map({ Base64.encode($0.signature) }).sorted() else {
            throw mismatch(entry, "records another signature")
        }
        for item in recorded { try checkSigner(pem: item["verifier"]?.stringValue, entry) }
    }

    private func checkInToto(_ body: Value, _ entry: LogEntry) throws(SigstoreError) {
        let envelope = try envelope(entry)
        let content = body["spec", "content"]
        try checkPayloadHash(content?["payloadHash"], envelope, entry)
        guard content?["envelope", "payloadType"]?.stringValue == envelope.payloadType else {
            throw mismatch(entry, "records another payload type")
        }
        let recorded = content?["envelope", "signatures"]?.arrayValue ?? []
        // This kind keeps the base64 of the signature's base64.
        let wanted = envelope.signatures.map { Base64.encode(Array(Base64.encode($0.signature).utf8)) }
            .sorted()
        guard recorded.compactMap({ $0["sig"]?.stringValue }).sorted() == wanted else {
            throw mismatch(entry, "records another signature")
        }
        for item in recorded { try checkSigner(pem: item["publicKey"]?.stringValue, entry) }
    }

    private func checkPayloadHash(_ hash: Value?, _ envelope: Envelope, _ entry: LogEntry)
        throws(SigstoreError)
    {
        guard hash?["algorithm"]?.stringValue == "sha256",
            hash?["value"]?.stringValue == Hex.encode(sha256(envelope.payload))
        else { throw mismatch(entry, "records another payload digest than the envelope's") }
    }

    /// The signer as base64 of PEM: exactly the certificate of the bundle, or exactly the key.
    private func checkSigner(pem text: String?, _ entry: LogEntry) throws(SigstoreError) {
        guard let text, let pem = Base64.decode(text), let blocks = try? PEM.parse(pem), blocks.count == 1
        else {
            throw mismatch(entry, "records no signer that can be read")
        }
        let wanted: (String, [UInt8]) =
            switch signer {
            case .certificate(let certificate): ("CERTIFICATE", certificate.derRepresentation)
            case .key(let key): ("PUBLIC KEY", key.derRepresentation)
            }
        guard blocks[0].label == wanted.0, blocks[0].bytes == wanted.1 else {
            throw mismatch(entry, "records another signer (\(blocks[0].label.lowercased()))")
        }
    }

    // MARK: Rekor 2

    private func checkHashedRecord2(_ body: Value, _ entry: LogEntry) throws(SigstoreError) {
        let (algorithm, digest): (HashAlgorithm, [UInt8]) =
            switch subject {
            case .message(let algorithm, let digest): (algorithm, digest)
            // An envelope is recorded as the message that its signature is over.
            case .envelope(let envelope): (.sha256, sha256(envelope.signedBytes))
            }
        let record = body["spec", "hashedRekordV002"]
        guard record?["data", "algorithm"]?.stringValue == algorithm.protobufName,
            record?["data", "digest"]?.stringValue == Base64.encode(digest)
        else { throw mismatch(entry, "records another digest than that of what is signed") }
        try checkSignature2(record?["signature"], entry)
    }

    private func checkEnvelope2(_ body: Value, _ entry: LogEntry) throws(SigstoreError) {
        let envelope = try envelope(entry)
        let record = body["spec", "dsseV002"]
        guard record?["payloadHash", "algorithm"]?.stringValue == "SHA2_256",
            record?["payloadHash", "digest"]?.stringValue == Base64.encode(sha256(envelope.payload))
        else { throw mismatch(entry, "records another payload digest than the envelope's") }
        let recorded = record?["signatures"]?.arrayValue ?? []
        guard recorded.count == 1, let only = recorded.first else {
            throw mismatch(entry, "records \(recorded.count) signatures, the envelope has one")
        }
        try checkSignature2(only, entry)
    }

    private func checkSignature2(_ recorded: Value?, _ entry: LogEntry) throws(SigstoreError) {
        guard recorded?["content"]?.stringValue == Base64.encode(signature) else {
            throw mismatch(entry, "records another signature")
        }
        let verifier = recorded?["verifier"]
        let given: String? =
            switch signer {
            case .certificate: verifier?["x509Certificate", "rawBytes"]?.stringValue
            case .key: verifier?["publicKey", "rawBytes"]?.stringValue
            }
        let wanted: [UInt8] =
            switch signer {
            case .certificate(let certificate): certificate.derRepresentation
            case .key(let key): key.derRepresentation
            }
        guard given == Base64.encode(wanted) else { throw mismatch(entry, "records another signer") }
    }

    private func envelope(_ entry: LogEntry) throws(SigstoreError) -> Envelope {
        guard case .envelope(let envelope) = subject else {
            throw mismatch(entry, "records an envelope, but the signature is over a message")
        }
        return envelope
    }

    private func mismatch(_ entry: LogEntry, _ reason: String) -> SigstoreError {
        SigstoreError(.mismatch, "log entry \(entry.logIndex) \(reason)")
    }
}
