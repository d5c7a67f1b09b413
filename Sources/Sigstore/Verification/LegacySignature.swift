import Manifest

/// A signature in the layout of cosign 1 and 2: a layer of the image `sha256-<digest>.sig`, proved by its annotations.
public struct LegacySignature: Sendable {
    /// The media type of such layers.
    public static let mediaType = "application/vnd.dev.cosign.simplesigning.v1+json"
    /// What a payload says it is.
    public static let payloadType = "cosign container image signature"

    /// The annotations of a layer.
    public enum Annotation {
        /// The signature of the payload, in base 64.
        public static let signature = "dev.cosignproject.cosign/signature"
        /// The leaf, in PEM.
        public static let certificate = "dev.sigstore.cosign/certificate"
        /// Intermediate and root, in PEM.
        public static let chain = "dev.sigstore.cosign/chain"
        /// The log's entry and promise.
        public static let bundle = "dev.sigstore.cosign/bundle"
        /// A timestamp, in base 64.
        public static let timestamp = "dev.sigstore.cosign/rfc3161timestamp"
    }

    /// The blob of the layer: what is signed, byte for byte.
    public var payload: [UInt8]
    /// Over the payload, by the certificate's key.
    public var signature: [UInt8]
    /// DER.
    public var certificate: [UInt8]
    /// Nil where a time stamp takes its place.
    public var logEntry: LogEntry?
    /// RFC 3161 tokens over the signature.
    public var timestamps: [[UInt8]]

    /// A signature made here.
    public init(payload: [UInt8], signature: [UInt8], certificate: [UInt8], logEntry: LogEntry?) {
        self.payload = payload
        self.signature = signature
        self.certificate = certificate
        self.logEntry = logEntry
        timestamps = []
    }

    /// Reads a layer of a signature image.
    ///
    /// The chain annotation is not read: intermediates come from the trusted root.
    ///
    /// - Throws: `SigstoreError` with code `missing` or `malformed`.
    public init(payload: [UInt8], annotations: [String: String]) throws(SigstoreError) {
        func fault(_ annotation: String, _ reason: String) -> SigstoreError {
            SigstoreError(.malformed, "the annotation \(annotation) of the signature layer \(reason)")
        }
        guard let text = annotations[Annotation.signature] else {
            throw SigstoreError(.missing, "the signature layer lacks the annotation \(Annotation.signature)")
        }
        guard let signature = Base64.decode(text), !signature.isEmpty else {
            throw fault(Annotation.signature, "is no base64")
        }
        guard let pem = annotations[Annotation.certificate], !pem.isEmpty else {
            throw SigstoreError(
                .missing, "the signature layer lacks the annotation \(Annotation.certificate)")
        }
        let blocks = try PEM.parse(pem.utf8)
        guard blocks.count == 1, blocks[0].label == "CERTIFICATE" else {
            throw fault(Annotation.certificate, "is not one certificate")
        }
        self.payload = payload
        self.signature = signature
        certificate = blocks[0].bytes
        logEntry = nil
        timestamps = []
        if let bundle = annotations[Annotation.bundle], !bundle.isEmpty { logEntry = try Self.entry(bundle) }
        if let text = annotations[Annotation.timestamp], !text.isEmpty, text != "null" {
            guard let value = try? JSON.parse(text, options: JSON.ReadOptions(strict: true)),
                let bytes = value["SignedRFC3161Timestamp"]?.stringValue.flatMap(Base64.decode)
            else { throw fault(Annotation.timestamp, "is no timestamp") }
            timestamps = [bytes]
        }
    }

    private static func entry(_ text: String) throws(SigstoreError) -> LogEntry {
        let fault = SigstoreError(
            .malformed, "the annotation \(Annotation.bundle) of the signature layer is no promise of a log")
        guard let value = try? JSON.parse(text, options: JSON.ReadOptions(strict: true)),
            let promise = value["SignedEntryTimestamp"]?.stringValue.flatMap(Base64.decode),
            let body = value["Payload", "body"]?.stringValue.flatMap(Base64.decode),
            let logID = value["Payload", "logID"]?.stringValue.flatMap({ Hex.decode($0) }),
            let index = value["Payload", "logIndex"]?.integerValue, index >= 0,
            let time = value["Payload", "integratedTime"]?.integerValue, time >= 0,
            let content = try? JSON.parse(body, options: JSON.ReadOptions(strict: true))
        else { throw fault }
        return LogEntry(
            logIndex: index, logID: logID, kind: content["kind"]?.stringValue ?? "",
            version: content["apiVersion"]?.stringValue ?? "", integratedTime: time,
            signedEntryTimestamp: promise,
            inclusionProof: nil, body: body)
    }

    /// What is signed for an image: its reference and the digest of its manifest.
    public static func payload(reference: String, digest: String) -> [UInt8] {
        JSON.write([
            "critical": [
                "identity": ["docker-reference": .string(reference)],
                "image": ["docker-manifest-digest": .string(digest)], "type": .string(payloadType),
            ],
            "optional": .null,
        ])
    }

    /// The annotations of the layer; `chain` is the PEM of the certificates above the signer's.
    public func annotations(chain: String) -> [(key: String, value: String)] {
        var result = [
            (Annotation.signature, Base64.encode(signature)),
            (Annotation.certificate, PEM.write("CERTIFICATE", certificate)), (Annotation.chain, chain),
        ]
        if let entry = logEntry, let promise = entry.signedEntryTimestamp {
            let bundle: Value = [
                "SignedEntryTimestamp": .string(Base64.encode(promise)),
                "Payload": [
                    "body": .string(Base64.encode(entry.body)),
                    "integratedTime": .integer(entry.integratedTime),
                    "logIndex": .integer(entry.logIndex), "logID": .string(Hex.encode(entry.logID)),
                ],
            ]
            result.append((Annotation.bundle, JSON.string(bundle)))
        }
        return result
    }
}

extension SignatureVerifier {
    /// Verifies a signature in the layout of cosign 1 and 2.
    ///
    /// - Parameters:
    ///   - digest: SHA-256 of the image's manifest.
    ///   - reference: the repository that the payload must name; nil accepts any, as cosign does.
    public func verify(
        _ signature: LegacySignature, ofImage digest: [UInt8], reference: String? = nil,
        by expectation: Expectation, name: String = "signature layer"
    ) -> VerificationReport {
        var report = VerificationReport(name: name)
        do throws(SigstoreError) {
            let certificate = try report.run(.structure) { () throws(SigstoreError) in
                ("simple signing", try SigningCertificate(derRepresentation: signature.certificate))
            }
            let algorithm = certificate.publicKey.hashAlgorithm
            let content = EntryContent(
                subject: .message(algorithm: algorithm, digest: algorithm.hash(signature.payload)),
                signature: signature.signature, signer: .certificate(certificate))
            let proofs = Proofs(
                entries: signature.logEntry.map { [$0] } ?? [], timestamps: signature.timestamps,
                requiresInclusion: false)
            let times = try verify(proofs, content, expectation, &report) { () throws(SigstoreError) in
                guard certificate.publicKey.isValid(signature.signature, for: signature.payload) else {
                    throw SigstoreError(
                        .invalidSignature, "the signature does not fit the payload; one was changed")
                }
                return certificate.publicKey.algorithm.rawValue
            }
            try report.run(.subject) { () throws(SigstoreError) in
                (try Self.checkPayload(signature.payload, digest, reference), ())
            }
            report.result = VerifiedSignature(
                certificate: certificate, times: times, logEntries: proofs.entries, statement: nil,
                digest: digest)
        } catch {
            report.fail(error)
        }
        return report
    }

    private static func checkPayload(
        _ payload: [UInt8], _ digest: [UInt8], _ reference: String?
    ) throws(SigstoreError) -> String {
        let value: Value
        do throws(ManifestError) {
            value = try JSON.parse(payload, options: JSON.ReadOptions(strict: true, maximumDepth: 32))
        } catch {
            throw SigstoreError(.malformed, "the signed payload is not JSON", cause: error)
        }
        guard value["critical", "type"]?.stringValue == LegacySignature.payloadType else {
            throw SigstoreError(.mismatch, "the payload is no \"\(LegacySignature.payloadType)\"")
        }
        let wanted = "sha256:\(Hex.encode(digest))"
        let named = value["critical", "image", "docker-manifest-digest"]?.stringValue ?? ""
        guard named == wanted else {
            throw SigstoreError(.mismatch, "the signature is for the image \(named), not for \(wanted)")
        }
        let repository = value["critical", "identity", "docker-reference"]?.stringValue ?? ""
        if let reference, repository != reference {
            throw SigstoreError(
                .mismatch, "the signature is for the repository \(repository), not for \(reference)")
        }
        return "\(wanted) in \(repository)"
    }
}
