import Crypto
import Foundation
import Manifest
import Sigstore
import SwiftASN1
import Testing
import X509

@Suite struct AuthorityTests {
    /// A request for a certificate for a new key.
    static func request(_ token: String, challenge: String, key: PrivateKey = .p256()) throws -> Value {
        [
            "credentials": ["oidcIdentityToken": .string(token)],
            "publicKeyRequest": [
                "publicKey": ["algorithm": "ECDSA", "content": .string(key.publicKey.pemRepresentation)],
                "proofOfPossession": .string(Base64.encode(try key.signature(for: Array(challenge.utf8)))),
            ],
        ]
    }

    static let subject = "https://ci.example/shop/build"

    @Test func `a certificate has Fulcio's profile and names the claims of the workflow`() async throws {
        try await withInstance(mapping: .github()) { running in
            let claims: Object = [
                "event_name": "push", "sha": "4f0c", "workflow": "release", "repository": "acme/shop",
                "ref": "refs/heads/main",
                "job_workflow_ref": "acme/shop/.github/workflows/release.yml@refs/heads/main",
                "job_workflow_sha": "4f0c", "runner_environment": "github-hosted", "repository_id": "1001",
                "repository_owner": "acme", "repository_owner_id": 77,
                "workflow_ref": "acme/shop/.github/workflows/release.yml@refs/heads/main",
                "workflow_sha": "4f0c",
                "run_id": "42", "run_attempt": "1", "repository_visibility": "private",
            ]
            let token = try running.token(subject: "repo:acme/shop:ref:refs/heads/main", claims: claims)
            let session = try await running.signer().session(token: IdentityToken(token))
            let leaf = session.certificate
            #expect(leaf.identity.kind == .uri)
            #expect(
                leaf.identity.value
                    == "https://github.com/acme/shop/.github/workflows/release.yml@refs/heads/main")
            #expect(try leaf.issuer == running.url)
            #expect(leaf.extensions[.issuer] == running.url)
            #expect(leaf.extensions[.workflowRepository] == "acme/shop")
            #expect(leaf.extensions[.sourceRepositoryOwnerIdentifier] == "77")
            #expect(
                leaf.extensions[.runInvocationURI]
                    == "https://github.com/acme/shop/actions/runs/42/attempts/1")
            #expect(leaf.extensions[.deploymentEnvironment] == nil)
            let certificate = try Certificate(derEncoded: leaf.derRepresentation)
            #expect(certificate.subject.isEmpty)
            #expect(certificate.extensions[oid: [2, 5, 29, 17]]?.critical == true)
            #expect(certificate.extensions[oid: [2, 5, 29, 19]] == nil)
            #expect(certificate.notValidAfter.timeIntervalSince(certificate.notValidBefore) == 600)
            let missing = try running.token(subject: "repo:acme/shop", claims: ["sha": "4f0c"])
            let answer = try await running.post(
                "/api/v2/signingCert", try Self.request(missing, challenge: "repo:acme/shop"))
            #expect(answer.status == 400)
        }
    }

    @Test func `people are certified by a verified address only`() async throws {
        try await withInstance(mapping: .email) { running in
            let good = try running.token(
                subject: "1", claims: ["email": "dev@acme.test", "email_verified": true])
            let session = try await running.signer().session(token: IdentityToken(good))
            #expect(session.certificate.identity == .init(kind: .email, value: "dev@acme.test"))
            for claims: Object in [
                ["email": "dev@acme.test"], ["email": "dev@acme.test", "email_verified": false], [:],
            ] {
                let token = try running.token(subject: "1", claims: claims)
                let answer = try await running.post(
                    "/api/v2/signingCert", try Self.request(token, challenge: "dev@acme.test"))
                #expect(answer.status == 400)
                #expect(try JSON.parse(answer.body)["code"] == 3)
            }
        }
    }

    @Test func `a token is refused that is expired, early, long, for others or changed`() async throws {
        try await withInstance { running in
            let now = Date()
            var tokens = [
                try running.token(at: now.addingTimeInterval(-3600)),
                try running.token(at: now.addingTimeInterval(3600)),
                try running.token(lifetime: 200_000), try running.token(audience: "other"), "", "a.b",
                "a.b.c",
            ]
            let good = try running.token()
            let parts = good.split(separator: ".").map(String.init)
            func part(_ value: Value) -> String { Base64.encodeURLSafe(JSON.write(value)) }
            let header = try JSON.parse(Base64.decodeURLSafe(parts[0]) ?? [])
            var claims = try JSON.parse(Base64.decodeURLSafe(parts[1]) ?? [])
            var unsigned = header
            unsigned["alg"] = "none"
            var symmetric = header
            symmetric["alg"] = "HS256"
            var nameless = header
            nameless["kid"] = "unknown"
            for changed in [unsigned, symmetric, nameless] {
                tokens.append("\(part(changed)).\(parts[1]).\(parts[2])")
            }
            tokens.append("\(part(unsigned)).\(parts[1]).")
            claims["sub"] = "https://ci.example/other"
            tokens.append("\(parts[0]).\(part(claims)).\(parts[2])")
            claims["iss"] = "https://attacker.example"
            tokens.append("\(parts[0]).\(part(claims)).\(parts[2])")
            for token in tokens {
                let answer = try await running.post(
                    "/api/v2/signingCert", try Self.request(token, challenge: Self.subject))
                #expect(answer.status == 400, "\(token)")
                #expect(token.isEmpty || !String(decoding: answer.body, as: UTF8.self).contains(token))
            }
            let accepted = try await running.post(
                "/api/v2/signingCert", try Self.request(good, challenge: Self.subject))
            #expect(accepted.status == 200)
        }
    }

    @Test func `the key must be proved over the token's own subject`() async throws {
        try await withInstance { running in
            let token = try running.token()
            let wrong = try await running.post(
                "/api/v2/signingCert", try Self.request(token, challenge: "other"))
            #expect(wrong.status == 400)
            var stolen = try Self.request(token, challenge: Self.subject)
            stolen["publicKeyRequest", "publicKey", "content"] = .string(
                PrivateKey.p256().publicKey.pemRepresentation)
            #expect(try await running.post("/api/v2/signingCert", stolen).status == 400)
            #expect(
                try await running.post(
                    "/api/v2/signingCert", ["credentials": ["oidcIdentityToken": .string(token)]]
                ).status == 400)
            #expect(try await running.post("/api/v2/signingCert", [:]).status == 400)
        }
    }

    @Test func `a signing request and a bearer token serve as well`() async throws {
        try await withInstance { running in
            let key = Certificate.PrivateKey(P256.Signing.PrivateKey())
            let request = try CertificateSigningRequest(
                version: .v1, subject: DistinguishedName(), privateKey: key, attributes: .init(),
                signatureAlgorithm: .ecdsaWithSHA256)
            let pem = try request.serializeAsPEM().pemString
            let answer = try await running.post(
                "/api/v2/signingCert", ["certificateSigningRequest": .string(Base64.encode(Array(pem.utf8)))],
                headers: [("Authorization", "Bearer \(try running.token())")])
            #expect(answer.status == 200)
            let chain = try JSON.parse(answer.body)["signedCertificateEmbeddedSct", "chain", "certificates"]
            #expect(chain?.arrayValue?.count == 3)
        }
    }

    @Test func `the instance tells its chain and its issuers`() async throws {
        try await withInstance { running in
            let bundle = try JSON.parse(try await running.get("/api/v2/trustBundle").body)
            #expect(bundle["chains"]?[0]?["certificates"]?.arrayValue?.count == 2)
            let configuration = try JSON.parse(try await running.get("/api/v2/configuration").body)
            #expect(configuration["issuers"]?[0]?["issuerUrl"]?.stringValue == running.url)
            let root = JSON.string(running.instance.trustedRoot.value)
            #expect(root.contains("DEVELOPMENT"))
            #expect(try TrustedRoot(json: Array(root.utf8)).certificateAuthorities.count == 1)
        }
    }

    @Test func `an issuer's keys are discovered, and only a known issuer's`() async throws {
        try await withInstance { provider in
            let issuers = [TokenIssuer(url: provider.url, mapping: .subject)]
            try await withInstance(issuers: issuers) { running in
                let token = try provider.token()
                let session = try await running.signer().session(token: IdentityToken(token))
                #expect(try session.certificate.issuer == provider.url)
                #expect(running.url != provider.url)
                let back = try await provider.post(
                    "/api/v2/signingCert", try Self.request(try running.token(), challenge: Self.subject))
                #expect(back.status == 400)
            }
        }
    }
}
