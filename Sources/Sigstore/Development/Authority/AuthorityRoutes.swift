import FoundationEssentials
import HTTPTypes
import Hummingbird
import Manifest
import SwiftASN1
import X509

extension SigstoreRoutes {
    /// The API of Fulcio 2.
    func addAuthority<Context: RequestContext>(to router: some RouterMethods<Context>) {
        router.post("/api/v2/signingCert") { request, _ in
            await Self.authorityAnswer { () async throws(SigstoreError) in
                let body = try await Self.body(request)
                let chain = try await instance.issueCertificate(
                    body, authorization: request.headers[.authorization])
                return [
                    "signedCertificateEmbeddedSct": [
                        "chain": ["certificates": .array(chain.map { .string($0) })]
                    ]
                ]
            }
        }
        router.get("/api/v2/trustBundle") { _, _ in
            let chain = instance.keys.chain.map { Value.string(PEM.write("CERTIFICATE", $0)) }
            return Self.answer(["chains": [["certificates": .array(chain)]]])
        }
        router.get("/api/v2/configuration") { _, _ in
            let issuers = instance.configuration.issuers.map { issuer -> Value in
                [
                    "issuerUrl": .string(issuer.url), "audience": .string(issuer.audience),
                    "challengeClaim": .string(issuer.challengeClaim),
                    "issuerType": .string(issuer.mapping.kind == .email ? "email" : "ci-provider"),
                ]
            }
            return Self.answer(["issuers": .array(issuers)])
        }
    }

    /// Answers as grpc-gateway does: `{"code":3,"message":…,"details":[]}` with status 400.
    private static func authorityAnswer(_ body: () async throws(SigstoreError) -> Value) async -> Response {
        do throws(SigstoreError) {
            return answer(try await body())
        } catch {
            let (code, status): (Int64, HTTPResponse.Status) =
                switch error.code {
                case .unreachable: (14, .serviceUnavailable)
                case .storage: (13, .internalServerError)
                case .tooLarge: (3, .contentTooLarge)
                default: (3, .badRequest)
                }
            return answer(["code": .integer(code), "message": .string(error.message), "details": []], status)
        }
    }
}

extension DevelopmentSigstore {
    /// Issues a certificate for a request of Fulcio 2.
    ///
    /// - Returns: leaf, intermediate and root in PEM.
    /// - Throws: `SigstoreError` for a token that is not believed or a key that is not proved.
    func issueCertificate(_ request: Value, authorization: String?) async throws(SigstoreError) -> [String] {
        let bearer = authorization.flatMap {
            $0.lowercased().hasPrefix("bearer ") ? String($0.dropFirst(7)) : nil
        }
        guard let text = request["credentials", "oidcIdentityToken"]?.stringValue ?? bearer else {
            throw SigstoreError(.refused, "the request has no identity token")
        }
        let token = try await tokens.verify(text)
        let key = try Self.provenKey(request, challenge: token.challenge)
        let (identity, extensions) = try token.issuer.mapping.certificateContent(
            of: token.claims, issuer: token.issuer.url)
        // Last of all: who could not have had a certificate anyway uses no token up.
        if token.issuer.isOneTime { try await use(token) }
        let leaf = try issuer.issue(to: key, identity, extensions, at: configuration.now())
        return ([leaf] + keys.chain).map { PEM.write("CERTIFICATE", $0) }
    }

    private func use(_ token: TokenVerifier.Token) async throws(SigstoreError) {
        guard let name = token.claims["jti"]?.stringValue, !name.isEmpty,
            let expiry = token.claims["exp"]?.doubleValue
        else { throw SigstoreError(.refused, "the identity token has no name of its own (jti)") }
        try await usedTokens.use(
            name, of: token.issuer.url,
            until: Date(timeIntervalSince1970: expiry + TokenVerifier.leeway), now: configuration.now())
    }

    /// The key of a request, once the client has shown that it holds the private half.
    private static func provenKey(_ request: Value, challenge: String) throws(SigstoreError) -> PublicKey {
        if let text = request["certificateSigningRequest"]?.stringValue {
            guard let pem = Base64.decode(text),
                let block = try PEM.parse(pem).first(where: { $0.label.hasSuffix("CERTIFICATE REQUEST") }),
                let signing = try? CertificateSigningRequest(derEncoded: block.bytes)
            else { throw SigstoreError(.malformed, "the certificate signing request cannot be read") }
            guard signing.publicKey.isValidSignature(signing.signature, for: signing) else {
                throw SigstoreError(
                    .invalidSignature, "the certificate signing request is not signed by its own key")
            }
            var serializer = DER.Serializer()
            guard (try? serializer.serialize(signing.publicKey)) != nil else {
                throw SigstoreError(.unsupported, "the certificate signing request's key cannot be certified")
            }
            return try PublicKey(derRepresentation: serializer.serializedBytes)
        }
        guard let pem = request["publicKeyRequest", "publicKey", "content"]?.stringValue else {
            throw SigstoreError(
                .malformed, "the request has neither publicKeyRequest nor certificateSigningRequest")
        }
        let key = try PublicKey(pemRepresentation: pem)
        guard
            let proof = request["publicKeyRequest", "proofOfPossession"]?.stringValue.flatMap(Base64.decode),
            key.isValid(proof, for: Array(challenge.utf8))
        else {
            throw SigstoreError(
                .invalidSignature, "the proof of possession is not by the key over the token's subject")
        }
        return key
    }
}
