import Manifest

/// Asks a certificate authority for a certificate (Fulcio's API, version 2).
struct CertificateAuthorityClient: Sendable {
    let url: String
    let exchange: HTTPExchange

    /// The certificate for a key, whose owner the token names.
    ///
    /// - Returns: the leaf, and the certificates above it in PEM.
    /// - Throws: `SigstoreError` with code `refused`, `unreachable` or `malformed`.
    func certificate(
        for key: PrivateKey, token: IdentityToken
    ) async throws -> (leaf: SigningCertificate, chain: String) {
        let proof = try key.signature(for: Array(token.challenge.utf8))
        let body: Value = [
            "credentials": ["oidcIdentityToken": .string(token.text)],
            "publicKeyRequest": [
                "publicKey": ["algorithm": "ECDSA", "content": .string(key.publicKey.pemRepresentation)],
                "proofOfPossession": .string(Base64.encode(proof)),
            ],
        ]
        let response = try await exchange.sendRepeatedly(
            HTTPExchange.Request(
                "POST", url + "/api/v2/signingCert",
                headers: [("Content-Type", "application/json"), ("Accept", "application/json")],
                body: JSON.write(body)))
        let answer = try? JSON.parse(response.body)
        guard (200..<300).contains(response.status) else {
            let reason = answer?["message"]?.stringValue ?? "status \(response.status)"
            throw SigstoreError(.refused, "the certificate authority \(url) refuses: \(reason)")
        }
        guard let items = answer?["signedCertificateEmbeddedSct", "chain", "certificates"]?.arrayValue,
            let first = items.first?.stringValue
        else {
            throw SigstoreError(
                .malformed,
                "the certificate authority \(url) answers without a certificate that holds its log's promise")
        }
        guard let block = try PEM.parse(first.utf8).first, block.label == "CERTIFICATE" else {
            throw SigstoreError(
                .malformed, "the certificate authority \(url) answers with something else than PEM")
        }
        let leaf = try SigningCertificate(derRepresentation: block.bytes)
        guard leaf.publicKey == key.publicKey else {
            throw SigstoreError(
                .mismatch, "the certificate authority \(url) has certified another key than ours")
        }
        return (leaf, items.dropFirst().compactMap(\.stringValue).joined())
    }
}
