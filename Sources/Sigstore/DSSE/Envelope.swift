/// A payload with signatures over it and over its type (Dead Simple Signing Envelope 1.0).
///
///     let signed = try Envelope.sign(bytes, type: Envelope.inTotoPayloadType, with: [signer])
///     let text = signed.json
///     …
///     let read = try Envelope(json: text)
///     let payload = try read.verified(by: [signer.verifier], type: Envelope.inTotoPayloadType)
///
/// Only what ``verified(by:threshold:type:)`` returns may be acted on.
public struct Envelope: Sendable, Hashable {
    /// A signature and the name of its key.
    public struct Signature: Sendable, Hashable {
        /// The key's name, a hint without meaning for trust.
        public var keyID: String?
        /// Over the payload and its type, by one key.
        public var signature: [UInt8]

        /// A signature with a hint at its key.
        public init(keyID: String? = nil, signature: [UInt8]) {
            self.keyID = keyID
            self.signature = signature
        }
    }

    /// The payload type of an in-toto statement.
    public static let inTotoPayloadType = "application/vnd.in-toto+json"
    /// The media type of an envelope in JSON.
    public static let mediaType = "application/vnd.dsse.envelope.v1+json"

    /// The bytes that were signed, once verified.
    public var payload: [UInt8]
    /// What the payload is; covered by the signatures.
    public var payloadType: String
    /// One for each key; names of keys mean nothing for trust.
    public var signatures: [Signature]

    /// An envelope as it is; nothing is checked yet.
    public init(payload: [UInt8], payloadType: String, signatures: [Signature]) {
        self.payload = payload
        self.payloadType = payloadType
        self.signatures = signatures
    }

    /// The bytes that are signed: `DSSEv1 <length> <type> <length> <payload>`, lengths in decimal bytes.
    public static func preAuthenticationEncoding(type: String, payload: [UInt8]) -> [UInt8] {
        var bytes = Array("DSSEv1 \(type.utf8.count) \(type) \(payload.count) ".utf8)
        bytes += payload
        return bytes
    }

    /// The bytes that this envelope's signatures are over.
    public var signedBytes: [UInt8] { Self.preAuthenticationEncoding(type: payloadType, payload: payload) }

    /// Signs a payload with every signer.
    ///
    /// - Throws: `SigstoreError` of the first signer that fails, or `configuration` without any signer.
    public static func sign(
        _ payload: [UInt8], type: String, with signers: [any Signer]
    ) throws(SigstoreError) -> Envelope {
        guard !signers.isEmpty else {
            throw SigstoreError(.configuration, "an envelope needs at least one signer; give one")
        }
        var envelope = Envelope(payload: payload, payloadType: type, signatures: [])
        let message = envelope.signedBytes
        for signer in signers {
            let signature = try signer.signature(for: message)
            envelope.signatures.append(Signature(keyID: signer.keyID, signature: signature))
        }
        return envelope
    }

    /// The payload, once enough of the verifiers have found a signature of theirs.
    ///
    /// A verifier counts once, whichever signatures fit it. Names of keys only choose which signatures are tried: a
    /// signature without a name is tried by every verifier.
    ///
    /// - Parameters:
    ///   - threshold: how many of the verifiers must agree, at least 1.
    ///   - type: the payload type that the caller understands.
    /// - Throws: `SigstoreError` with code `mismatch` for another payload type, `missing` without any signature, and
    ///   `invalidSignature` where too few fit.
    public func verified(
        by verifiers: [any Verifier], threshold: Int = 1, type: String
    ) throws(SigstoreError) -> [UInt8] {
        guard payloadType == type else {
            throw SigstoreError(
                .mismatch,
                "the envelope's payload is \"\(payloadType)\", but \"\(type)\" is wanted; sign the right one")
        }
        guard !signatures.isEmpty else {
            throw SigstoreError(.missing, "the envelope has no signature; sign it")
        }
        let message = signedBytes
        var count = 0
        for verifier in verifiers {
            let fits = signatures.contains { signature in
                if let wanted = verifier.keyID, let given = signature.keyID, wanted != given { return false }
                return verifier.isValid(signature.signature, for: message)
            }
            if fits { count += 1 }
        }
        guard count >= max(threshold, 1) else {
            throw SigstoreError(
                .invalidSignature,
                "\(count) of \(verifiers.count) keys have signed the envelope, but \(max(threshold, 1)) must; "
                    + "it was changed, or signed by somebody else")
        }
        return payload
    }
}
