import Crypto
import Foundation
import HTTPTypes
public import Hummingbird
import JWTKit
public import KubeModel
import Manifest
import NIOCore

/// Issues the short-lived OpenID Connect tokens with which the machinery of a run proves which run it is.
///
/// Tokens are for Slipway's own parts, such as the signer of images. They are never put into the environment or the
/// files of a step: whatever a pull request runs cannot see one.
public struct RunTokenIssuer: Sendable {
    /// How long a token counts.
    public static let lifetime: Duration = .seconds(300)

    /// The URL that verifiers know the issuer by, without a slash at the end.
    public let issuer: String
    private let key: ES256PrivateKey
    private let keyID: String
    private let date: @Sendable () -> Timestamp

    /// Issues with a key of its own.
    ///
    /// - Parameter pemRepresentation: a private key for P-256; nil makes one for this process.
    /// - Throws: ``PipelineError`` `tokenRefused` where the key cannot be read.
    public init(
        issuer: String, pemRepresentation: String? = nil, date: @escaping @Sendable () -> Timestamp
    ) throws(PipelineError) {
        self.issuer = issuer.hasSuffix("/") ? String(issuer.dropLast()) : issuer
        self.date = date
        let parameters: (x: String, y: String)?
        do {
            let signing = try pemRepresentation.map { try P256.Signing.PrivateKey(pemRepresentation: $0) }
            let key = signing ?? P256.Signing.PrivateKey()
            self.key = try ES256PrivateKey(pem: key.pemRepresentation)
            let point = Array(key.publicKey.rawRepresentation)
            parameters = (
                Base64.encodeURLSafe(Array(point.prefix(32))), Base64.encodeURLSafe(Array(point.suffix(32)))
            )
        } catch {
            throw PipelineError(.tokenRefused, "the issuer's key is no PEM of a P-256 key: \(error)")
        }
        x = parameters?.x ?? ""
        y = parameters?.y ?? ""
        // The thumbprint of RFC 7638: members in the order of the alphabet, without white space.
        let thumbprint = SHA256.hash(data: Array(#"{"crv":"P-256","kty":"EC","x":"\#(x)","y":"\#(y)"}"#.utf8))
        keyID = Base64.encodeURLSafe(Array(thumbprint))
    }

    private let x: String
    private let y: String

    /// A token for a part of Slipway that acts for a run.
    ///
    /// - Parameters:
    ///   - audience: who the token is for; there is no default.
    ///   - step: the step that is acted for.
    /// - Throws: ``PipelineError`` `tokenRefused` for a run that is no candidate and asks for a token to sign or push.
    public func token(
        for run: RunContext, step: StepID, audience: String, policy: OrganizationPolicy = OrganizationPolicy()
    ) async throws -> String {
        guard !audience.isEmpty else {
            throw PipelineError(.tokenRefused, "a token needs an audience")
        }
        let isPublishing = audience == "sigstore" || audience.hasPrefix("registry")
        guard !isPublishing || run.trust >= .candidate else {
            throw PipelineError(
                .tokenRefused,
                "the run \(run.name) has trust \(run.trust.rawValue): only candidates of the merge queue may sign or push"
            )
        }
        let claims = claims(for: run, step: step, audience: audience, policy: policy)
        let keys = JWTKeyCollection()
        await keys.add(ecdsa: key, kid: JWKIdentifier(string: keyID))
        return try await keys.sign(claims, kid: JWKIdentifier(string: keyID))
    }

    func claims(
        for run: RunContext, step: StepID, audience: String, policy: OrganizationPolicy
    ) -> RunTokenClaims {
        let now = Date(timeIntervalSince1970: Double(date().seconds))
        let expiry = now.addingTimeInterval(Double(Self.lifetime.components.seconds))
        let repository = "\(run.namespace)/\(run.spec.repository)"
        // A colon separates the parts of a subject, so it is escaped within them.
        let name = repository.replacing(":", with: "%3A")
        return RunTokenClaims(
            iss: IssuerClaim(value: issuer), aud: AudienceClaim(value: audience),
            sub: SubjectClaim(value: "repo:\(name):\(run.trust.rawValue):\(run.spec.commit)"),
            exp: ExpirationClaim(value: expiry), iat: IssuedAtClaim(value: now),
            nbf: NotBeforeClaim(value: now),
            jti: IDClaim(value: UUID().uuidString.lowercased()), repository: repository,
            repositoryID: run.spec.repository, repositoryOwner: run.namespace, sha: run.spec.commit,
            ref: run.spec.ref, eventName: run.trust == .candidate ? "merge_group" : "push", runID: run.uid,
            runnerEnvironment: "self-hosted",
            workflowRef:
                "\(repository)/\(run.spec.pipelineFile ?? ".slipway/pipeline.yaml")@\(run.spec.ref ?? run.spec.commit)",
            pipelineFile: run.spec.pipelineFile ?? ".slipway/pipeline.yaml", baseSHA: run.spec.base,
            treeSHA: run.tree, trust: run.trust.rawValue, gate: step.gate.rawValue,
            step: step.name, cellID: run.cellName, pipelineDigest: "sha256:\(run.file.digest)",
            policyDigest: "sha256:\(policy.digest)")
    }

    // MARK: - What verifiers ask for

    /// The document at `/.well-known/openid-configuration`.
    public var discoveryDocument: [UInt8] {
        let document: Value = [
            "issuer": .string(issuer), "jwks_uri": .string("\(issuer)/.well-known/jwks"),
            "response_types_supported": ["id_token"], "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": ["ES256"], "scopes_supported": ["openid"],
            "claims_supported": .array(
                [
                    "iss", "aud", "sub", "exp", "iat", "nbf", "jti", "repository", "sha", "ref", "trust",
                    "gate", "step",
                ]
                .map { .string($0) }),
        ]
        return JSON.write(document)
    }

    /// The document at `/.well-known/jwks`.
    public var keySet: [UInt8] {
        let key: Value = [
            "kty": "EC", "crv": "P-256", "alg": "ES256", "use": "sig", "kid": .string(keyID), "x": .string(x),
            "y": .string(y),
        ]
        return JSON.write(["keys": [key]])
    }

    /// Serves both documents.
    public func addRoutes(to router: Router<some RequestContext>) {
        for (path, body) in [
            ("/.well-known/openid-configuration", discoveryDocument), ("/.well-known/jwks", keySet),
        ] {
            router.get(RouterPath(path)) { _, _ in
                Response(
                    status: .ok,
                    headers: [.contentType: "application/json", .cacheControl: "public, max-age=300"],
                    body: .init(byteBuffer: ByteBuffer(bytes: body)))
            }
        }
    }
}
