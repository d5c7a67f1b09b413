import Sigstore
import Testing

@Suite struct EnvelopeTests {
    static let payload = Array(#"{"verdict":"pass"}"#.utf8)
    static let type = "application/vnd.slipway.verdict+json"

    @Test func `the signed bytes are those of the specification's example`() {
        let bytes = Envelope.preAuthenticationEncoding(
            type: "http://example.com/HelloWorld", payload: Array("hello world".utf8))
        #expect(
            String(decoding: bytes, as: UTF8.self) == "DSSEv1 29 http://example.com/HelloWorld 11 hello world"
        )
    }

    @Test func `lengths count bytes, not characters`() {
        let bytes = Envelope.preAuthenticationEncoding(type: "t\u{e9}", payload: [0xff, 0x00])
        #expect(bytes == Array("DSSEv1 3 t\u{e9} 2 ".utf8) + [0xff, 0x00])
    }

    @Test(arguments: [PrivateKey.p256(), PrivateKey.p384(), PrivateKey.ed25519()])
    func `an envelope survives JSON and verifies`(key: PrivateKey) throws {
        let signer = KeySigner(key, keyID: "gate")
        let envelope = try Envelope.sign(Self.payload, type: Self.type, with: [signer])
        let read = try Envelope(json: envelope.json)
        #expect(read == envelope)
        #expect(try read.verified(by: [signer.verifier], type: Self.type) == Self.payload)
    }

    @Test(arguments: [PrivateKey.p256(), PrivateKey.p384(), PrivateKey.ed25519()])
    func `keys survive PEM`(key: PrivateKey) throws {
        let again = try PrivateKey(pemRepresentation: key.pemRepresentation)
        #expect(again.publicKey == key.publicKey)
        let publicKey = try PublicKey(pemRepresentation: key.publicKey.pemRepresentation)
        #expect(publicKey == key.publicKey)
        #expect(publicKey.isValid(try again.signature(for: [1, 2]), for: [1, 2]))
        #expect(!publicKey.isValid(try again.signature(for: [1, 2]), for: [1, 3]))
    }

    @Test func `a changed payload, type or signature is refused`() throws {
        let signer = KeySigner(.p256())
        let envelope = try Envelope.sign(Self.payload, type: Self.type, with: [signer])
        var changed = envelope
        changed.payload[2] ^= 1
        #expect(throws: SigstoreError.self) { try changed.verified(by: [signer.verifier], type: Self.type) }
        changed = envelope
        changed.payloadType = "text/plain"
        #expect(throws: SigstoreError.self) {
            try changed.verified(by: [signer.verifier], type: "text/plain")
        }
        #expect(throws: SigstoreError.self) {
            try envelope.verified(by: [signer.verifier], type: "text/plain")
        }
        changed = envelope
        changed.signatures[0].signature[10] ^= 1
        #expect(throws: SigstoreError.self) { try changed.verified(by: [signer.verifier], type: Self.type) }
        changed.signatures = []
        #expect(throws: SigstoreError.self) { try changed.verified(by: [signer.verifier], type: Self.type) }
    }

    @Test func `one key counts once towards a threshold`() throws {
        let (first, second) = (KeySigner(.p256(), keyID: "a"), KeySigner(.ed25519(), keyID: "b"))
        let twice = try Envelope.sign(Self.payload, type: Self.type, with: [first, first])
        let verifiers: [any Verifier] = [first.verifier, second.verifier]
        #expect(throws: SigstoreError.self) {
            try twice.verified(by: verifiers, threshold: 2, type: Self.type)
        }
        let both = try Envelope.sign(Self.payload, type: Self.type, with: [first, second])
        #expect(try both.verified(by: verifiers, threshold: 2, type: Self.type) == Self.payload)
    }

    @Test(arguments: [
        #"{}"#, #"[]"#, #"{"payload":"!!","payloadType":"t","signatures":[]}"#,
        #"{"payload":"AA==","payloadType":"","signatures":[]}"#,
        #"{"payload":"AA==","payloadType":"t","signatures":[{"sig":"A\nA=="}]}"#,
        #"{"payload":"AA==","payload":"AA==","payloadType":"t","signatures":[]}"#, #"{"payload":"AA=="#,
    ])
    func `what is no envelope is refused`(text: String) {
        #expect(throws: SigstoreError.self) { try Envelope(json: text.utf8) }
    }

    @Test func `base64 of the URL-safe alphabet is read`() throws {
        let envelope = try Envelope(
            json: #"{"payload":"-_-_","payloadType":"t","signatures":[{"sig":"-_8="}]}"#.utf8)
        #expect(envelope.payload == [0xfb, 0xff, 0xbf])
        #expect(envelope.signatures[0].signature == [0xfb, 0xff])
    }
}
