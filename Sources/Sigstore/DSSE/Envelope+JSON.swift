public import Manifest

extension Envelope {
    /// More signatures than anybody puts on one envelope; beyond it reading stops.
    static let maximumSignatures = 32

    /// Reads the JSON form.
    ///
    /// Base64 may be of the standard or the URL-safe alphabet, as the specification asks of readers. Fields that are
    /// not known are ignored, and so never trusted.
    ///
    /// - Throws: `SigstoreError` with code `malformed` or `tooLarge`.
    public init(json: some Sequence<UInt8>) throws(SigstoreError) {
        let value: Value
        do throws(ManifestError) {
            value = try JSON.parse([UInt8](json), options: JSON.ReadOptions(strict: true, maximumDepth: 16))
        } catch {
            throw SigstoreError(.malformed, "the DSSE envelope is not JSON", cause: error)
        }
        try self.init(value)
    }

    /// Reads the JSON form from a tree.
    ///
    /// - Throws: as ``init(json:)``.
    public init(_ value: Value) throws(SigstoreError) {
        guard let payloadType = value["payloadType"]?.stringValue, !payloadType.isEmpty,
            let payload = value["payload"]?.stringValue.flatMap(Self.bytes),
            let items = value["signatures"]?.arrayValue
        else {
            throw SigstoreError(
                .malformed,
                "a DSSE envelope needs payloadType, payload (base64) and signatures; this one lacks them")
        }
        guard items.count <= Self.maximumSignatures else {
            throw SigstoreError(
                .tooLarge, "the envelope has \(items.count) signatures, more than \(Self.maximumSignatures)")
        }
        var signatures: [Signature] = []
        for item in items {
            guard let signature = item["sig"]?.stringValue.flatMap(Self.bytes) else {
                throw SigstoreError(.malformed, "a signature of the DSSE envelope is not base64")
            }
            let keyID = item["keyid"]?.stringValue.flatMap { $0.isEmpty ? nil : $0 }
            signatures.append(Signature(keyID: keyID, signature: signature))
        }
        self.init(payload: payload, payloadType: payloadType, signatures: signatures)
    }

    /// The JSON form as a tree.
    public var value: Value {
        [
            "payload": .string(Base64.encode(payload)),
            "payloadType": .string(payloadType),
            "signatures": .array(
                signatures.map { signature in
                    var item: Object = [:]
                    if let keyID = signature.keyID { item["keyid"] = .string(keyID) }
                    item["sig"] = .string(Base64.encode(signature.signature))
                    return .object(item)
                }),
        ]
    }

    /// The JSON form in bytes, on one line.
    public var json: [UInt8] { JSON.write(value) }

    private static func bytes(_ text: String) -> [UInt8]? {
        Base64.decode(text) ?? Base64.decodeURLSafe(text)
    }
}
