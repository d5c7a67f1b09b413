import Manifest

extension SignatureBundle {
    /// Larger bundles are refused before they are read.
    public static let maximumBytes = 8 << 20
    /// More log entries or timestamps than a signature ever has.
    static let maximumProofs = 32

    /// Reads a bundle.
    ///
    /// Field names, base64 and integers are taken as the format writes them; what the format does not know is
    /// refused, so that no two readers see two bundles in one file.
    ///
    /// - Throws: `SigstoreError` with code `malformed`, `unsupported`, `missing` or `tooLarge`.
    public init(json: some Sequence<UInt8>) throws(SigstoreError) {
        let bytes = [UInt8](json)
        guard bytes.count <= Self.maximumBytes else {
            throw SigstoreError(
                .tooLarge, "the bundle has \(bytes.count) bytes, more than \(Self.maximumBytes)")
        }
        let value: Value
        do throws(ManifestError) {
            value = try JSON.parse(bytes, options: JSON.ReadOptions(strict: true, maximumDepth: 32))
        } catch {
            throw SigstoreError(.malformed, "the bundle is not JSON", cause: error)
        }
        try self.init(value)
    }

    private init(_ value: Value) throws(SigstoreError) {
        let root = try Fields(value, "the bundle")
        try root.allow("mediaType", "verificationMaterial", "messageSignature", "dsseEnvelope")
        version = try Self.version(try root.string("mediaType"))
        let material = try root.fields("verificationMaterial")
        try material.allow(
            "certificate", "x509CertificateChain", "publicKey", "tlogEntries", "timestampVerificationData")
        signer = try Self.signer(material, version)
        let entries = try material.list("tlogEntries")
        guard entries.count <= Self.maximumProofs else {
            throw SigstoreError(
                .tooLarge, "the bundle has \(entries.count) log entries, more than \(Self.maximumProofs)")
        }
        logEntries = []
        for entry in entries { logEntries.append(try Self.logEntry(entry)) }
        timestamps = []
        if let data = try material.optionalFields("timestampVerificationData") {
            let items = try data.list("rfc3161Timestamps")
            guard items.count <= Self.maximumProofs else {
                throw SigstoreError(
                    .tooLarge, "the bundle has \(items.count) timestamps, more than \(Self.maximumProofs)")
            }
            for item in items { timestamps.append(try item.bytes("signedTimestamp")) }
        }
        content = try Self.content(root)
        try checkStructure()
    }

    static func version(_ mediaType: String) throws(SigstoreError) -> Version {
        switch mediaType {
        case "application/vnd.dev.sigstore.bundle+json;version=0.1": .version01
        case "application/vnd.dev.sigstore.bundle+json;version=0.2": .version02
        case "application/vnd.dev.sigstore.bundle+json;version=0.3", Self.mediaType: .version03
        default:
            throw SigstoreError(
                .unsupported,
                "the bundle's media type \"\(mediaType)\" is not known (0.1 to 0.3 are); sign anew")
        }
    }

    private static func signer(_ material: Fields, _ version: Version) throws(SigstoreError) -> Signer {
        var signers: [Signer] = []
        if let certificate = try material.optionalFields("certificate") {
            guard version >= .version03 else {
                throw SigstoreError(
                    .malformed,
                    "a bundle of version \(version.rawValue) has x509CertificateChain, not certificate")
            }
            signers.append(.certificate(try certificate.bytes("rawBytes")))
        }
        if let chain = try material.optionalFields("x509CertificateChain") {
            guard version < .version03 else {
                throw SigstoreError(
                    .malformed, "a bundle of version 0.3 has certificate, not x509CertificateChain")
            }
            // What follows the leaf is not believed: intermediates come from the trusted root.
            let certificates = try chain.list("certificates")
            guard let leaf = certificates.first, certificates.count <= 10 else {
                throw SigstoreError(
                    .malformed, "the bundle's chain has \(certificates.count) certificates; 1 to 10 are valid"
                )
            }
            signers.append(.certificate(try leaf.bytes("rawBytes")))
        }
        if let key = try material.optionalFields("publicKey") {
            signers.append(.publicKey(hint: try key.optionalString("hint") ?? ""))
        }
        guard signers.count == 1, let signer = signers.first else {
            throw SigstoreError(.malformed, "the bundle has \(signers.count) signers; exactly one is valid")
        }
        return signer
    }

    private static func logEntry(_ entry: Fields) throws(SigstoreError) -> LogEntry {
        let kind = try entry.fields("kindVersion")
        var proof: LogEntry.InclusionProof?
        if let fields = try entry.optionalFields("inclusionProof") {
            var hashes: [[UInt8]] = []
            let values = try fields.array("hashes")
            guard values.count <= 64 else {
                throw SigstoreError(.tooLarge, "an inclusion proof has \(values.count) hashes, more than 64")
            }
            for value in values {
                guard let hash = value.stringValue.flatMap(Base64.decode), hash.count == 32 else {
                    throw SigstoreError(.malformed, "a hash of an inclusion proof is not base64 of 32 bytes")
                }
                hashes.append(hash)
            }
            proof = LogEntry.InclusionProof(
                logIndex: try fields.integer("logIndex"), rootHash: try fields.bytes("rootHash"),
                treeSize: try fields.integer("treeSize"), hashes: hashes,
                checkpoint: try fields.optionalFields("checkpoint")?.optionalString("envelope") ?? "")
        }
        return LogEntry(
            logIndex: try entry.integer("logIndex"), logID: try entry.fields("logId").bytes("keyId"),
            kind: try kind.string("kind"), version: try kind.string("version"),
            integratedTime: try entry.integer("integratedTime"),
            signedEntryTimestamp: try entry.optionalFields("inclusionPromise")?.bytes("signedEntryTimestamp"),
            inclusionProof: proof, body: try entry.bytes("canonicalizedBody"))
    }

    private static func content(_ root: Fields) throws(SigstoreError) -> Content {
        let message = try root.optionalFields("messageSignature")
        let envelope = root.value["dsseEnvelope"]
        switch (message, envelope) {
        case (let message?, nil):
            var digest: MessageDigest?
            if let fields = try message.optionalFields("messageDigest") {
                digest = MessageDigest(
                    algorithm: try fields.string("algorithm"), digest: try fields.bytes("digest"))
            }
            return .message(digest: digest, signature: try message.bytes("signature"))
        case (nil, let envelope?):
            let fields = try Fields(envelope, "the bundle's envelope")
            let payload = try fields.bytes("payload")
            var signatures: [Envelope.Signature] = []
            for item in try fields.list("signatures") {
                signatures.append(
                    Envelope.Signature(
                        keyID: try item.optionalString("keyid"), signature: try item.bytes("sig")))
            }
            return .envelope(
                Envelope(
                    payload: payload, payloadType: try fields.string("payloadType"), signatures: signatures))
        default:
            throw SigstoreError(.malformed, "the bundle must hold one of messageSignature and dsseEnvelope")
        }
    }

    /// What the format demands of a bundle beyond its syntax.
    private func checkStructure() throws(SigstoreError) {
        guard !signature.isEmpty else { throw SigstoreError(.missing, "the bundle has no signature") }
        if case .envelope(let envelope) = content, envelope.signatures.count != 1 {
            throw SigstoreError(
                .malformed,
                "the bundle's envelope has \(envelope.signatures.count) signatures; exactly one is valid")
        }
        guard !logEntries.isEmpty else {
            throw SigstoreError(.missing, "the bundle has no log entry; sign with a transparency log")
        }
        for (index, entry) in logEntries.enumerated() {
            guard
                !logEntries[..<index].contains(where: {
                    $0.logID == entry.logID && $0.logIndex == entry.logIndex
                })
            else { throw SigstoreError(.malformed, "the bundle has the log entry \(entry.logIndex) twice") }
        }
    }
}

/// An object of the bundle's JSON under the name by which messages call it.
private struct Fields {
    let value: Object
    let name: String

    init(_ value: Value, _ name: String) throws(SigstoreError) {
        guard let object = value.objectValue else {
            throw SigstoreError(.malformed, "\(name) is \(value.kindDescription), not an object")
        }
        self.value = object
        self.name = name
    }

    func allow(_ keys: String...) throws(SigstoreError) {
        for key in value.keys where !keys.contains(key) {
            throw SigstoreError(
                .malformed, "\(name) has the field \"\(key)\", which its format does not know")
        }
    }

    func string(_ key: String) throws(SigstoreError) -> String {
        guard let text = value[key]?.stringValue, !text.isEmpty else {
            throw SigstoreError(.malformed, "\(name) lacks the text \"\(key)\"")
        }
        return text
    }

    func optionalString(_ key: String) throws(SigstoreError) -> String? {
        guard let item = value[key], !item.isNull else { return nil }
        guard let text = item.stringValue else {
            throw SigstoreError(.malformed, "\"\(key)\" of \(name) is no text")
        }
        return text
    }

    func bytes(_ key: String) throws(SigstoreError) -> [UInt8] {
        guard let text = value[key]?.stringValue, let bytes = Base64.decode(text) else {
            throw SigstoreError(.malformed, "\"\(key)\" of \(name) is missing or not base64")
        }
        return bytes
    }

    /// An int64 as protobuf's JSON has it: a string, or a number; absent is 0.
    func integer(_ key: String) throws(SigstoreError) -> Int64 {
        guard let item = value[key] else { return 0 }
        let number: Int64?
        if let text = item.stringValue {
            number = Int64(text).flatMap { String($0) == text ? $0 : nil }
        } else if case .integer(let integer) = item {
            number = integer
        } else {
            number = nil
        }
        guard let number, number >= 0 else {
            throw SigstoreError(.malformed, "\"\(key)\" of \(name) is no number from 0")
        }
        return number
    }

    func fields(_ key: String) throws(SigstoreError) -> Fields {
        guard let item = value[key] else { throw SigstoreError(.malformed, "\(name) lacks \"\(key)\"") }
        return try Fields(item, "\(key) of \(name)")
    }

    func optionalFields(_ key: String) throws(SigstoreError) -> Fields? {
        guard let item = value[key], !item.isNull else { return nil }
        return try Fields(item, "\(key) of \(name)")
    }

    func array(_ key: String) throws(SigstoreError) -> [Value] {
        guard let item = value[key], !item.isNull else { return [] }
        guard let items = item.arrayValue else {
            throw SigstoreError(.malformed, "\"\(key)\" of \(name) is no list")
        }
        return items
    }

    func list(_ key: String) throws(SigstoreError) -> [Fields] {
        var result: [Fields] = []
        for item in try array(key) { result.append(try Fields(item, "an item of \(key) of \(name)")) }
        return result
    }
}
