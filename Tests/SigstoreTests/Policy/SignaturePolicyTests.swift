import Foundation
import KubeModel
import Manifest
import Testing

@testable import Sigstore

@Suite struct SignaturePolicyTests {
    static let labels = [SignaturePolicySpec.namespaceLabel: SignaturePolicySpec.required]
    static let manifest = Array("manifest".utf8)
    static let digest = Artifact(manifest).digest

    /// Both forms of signature of an image, and a statement about it.
    static func signatures(_ running: SigstoreServer.Running, subject: String) async throws
        -> [StoredSignature]
    {
        let session = try await running.signer().session(
            token: IdentityToken(try running.token(subject: subject)))
        let bundle = try await session.sign(Statement.imageSignature(sha256: digest, name: "shop"))
        let legacy = try await session.signLegacy(reference: "r/shop", digest: "sha256:\(Hex.encode(digest))")
        return [
            StoredSignature(name: "bundle", content: .bundle(bundle)),
            StoredSignature(name: "legacy", content: .legacy(legacy)),
        ]
    }

    static func policy(
        _ running: SigstoreServer.Running, images: [String] = ["r/**"],
        identity: String = "https://ci.example/shop",
        attestations: [String]? = nil, mode: SignaturePolicySpec.Mode? = nil, namespaces: [String]? = nil,
        name: String = "shop"
    ) -> NamedSignaturePolicy {
        NamedSignaturePolicy(
            name: name,
            spec: SignaturePolicySpec(
                images: images, namespaces: namespaces,
                authorities: [.init(identity: identity, issuer: running.url, trustedRoot: "Development")],
                attestations: attestations, mode: mode))
    }

    static func decide(
        _ policies: [NamedSignaturePolicy], _ running: SigstoreServer.Running,
        _ signatures: [StoredSignature],
        labels: [String: String] = labels, namespace: String = "prod", digest: [UInt8] = digest
    ) -> SignatureDecision {
        SignaturePolicyEvaluator(
            policies: policies, trustedRoots: ["Development": running.instance.trustedRoot]
        )
        .decide(
            repository: "r/shop", digest: digest, namespace: namespace, namespaceLabels: labels,
            signatures: signatures)
    }

    @Test func `an image runs in a protected namespace only as its policies say`() async throws {
        try await withInstance { running in
            let signed = try await Self.signatures(running, subject: "https://ci.example/shop")
            let policy = Self.policy(running)
            for form in signed { #expect(Self.decide([policy], running, [form]).isAllowed) }
            // No signature, somebody else's, another image, a repository nobody speaks for.
            #expect(!Self.decide([policy], running, []).isAllowed)
            let others = try await Self.signatures(running, subject: "https://ci.example/other")
            #expect(!Self.decide([policy], running, others).isAllowed)
            #expect(Self.decide([policy], running, others + signed).isAllowed)
            #expect(!Self.decide([policy], running, signed, digest: Artifact([1]).digest).isAllowed)
            #expect(!Self.decide([], running, signed).isAllowed)
            #expect(!Self.decide([Self.policy(running, images: ["r/other"])], running, signed).isAllowed)
            #expect(!Self.decide([Self.policy(running, namespaces: ["dev-*"])], running, signed).isAllowed)
            // What cannot be read is no signature.
            let broken = StoredSignature(name: "x", content: .unreadable(SigstoreError(.malformed, "broken")))
            #expect(!Self.decide([policy], running, [broken]).isAllowed)
            // Every policy that matches must be met; a warning one only warns.
            let strict = Self.policy(running, identity: "https://ci.example/other", name: "other")
            #expect(!Self.decide([policy, strict], running, signed).isAllowed)
            let lenient = Self.policy(
                running, identity: "https://ci.example/other", mode: .warn, name: "other")
            guard case .warned(let reasons, let met) = Self.decide([policy, lenient], running, signed) else {
                Issue.record("a warning policy must warn")
                return
            }
            #expect(reasons.count == 1 && met.count == 1)
            #expect(met[0].identity == "https://ci.example/shop")
            // A namespace without the label asks for nothing.
            guard case .notProtected = Self.decide([], running, [], labels: [:]) else {
                Issue.record("the namespace is not protected")
                return
            }
        }
    }

    @Test func `an attestation is not a signature, and a signature no attestation`() async throws {
        try await withInstance { running in
            let subject = "https://ci.example/shop"
            let session = try await running.signer().session(
                token: IdentityToken(try running.token(subject: subject)))
            let provenance = Provenance(
                buildType: "https://slipway.dev/pipeline/v1", externalParameters: ["ref": "main"],
                builder: subject)
            let bundle = try await session.sign(provenance.statement(about: [.init(sha256: Self.digest)]))
            let statement = StoredSignature(name: "provenance", content: .bundle(bundle))
            let signed = try await Self.signatures(running, subject: subject)
            let plain = Self.policy(running)
            #expect(!Self.decide([plain], running, [statement]).isAllowed)
            let demanding = Self.policy(running, attestations: [PredicateType.provenance])
            #expect(!Self.decide([demanding], running, signed).isAllowed)
            #expect(Self.decide([demanding], running, signed + [statement]).isAllowed)
        }
    }

    @Test func `expressions of a policy match whole names`() async throws {
        try await withInstance { running in
            let evil = try await Self.signatures(
                running, subject: "https://evil.example/https://ci.example/shop")
            let good = try await Self.signatures(running, subject: "https://ci.example/shop")
            var policy = Self.policy(running)
            policy.spec.authorities[0].identity = nil
            policy.spec.authorities[0].identityRegExp = "https://ci\\.example/.*"
            #expect(Self.decide([policy], running, good).isAllowed)
            #expect(!Self.decide([policy], running, evil).isAllowed)
            policy.spec.authorities[0].identityRegExp = "a)|(.*"
            #expect(!Self.decide([policy], running, good).isAllowed)
            policy.spec.authorities[0].identity = "https://ci.example/shop"
            #expect(!Self.decide([policy], running, good).isAllowed, "both is no policy")
            policy.spec.authorities[0].identityRegExp = nil
            policy.spec.authorities[0].issuer = nil
            #expect(!Self.decide([policy], running, good).isAllowed, "no issuer is no policy")
            policy.spec.authorities[0].issuer = running.url
            policy.spec.authorities[0].trustedRoot = "unknown"
            #expect(!Self.decide([policy], running, good).isAllowed)
            policy.spec.authorities[0].trustedRoot = "Development"
            policy.spec.authorities[0].extensions = ["tokenSubject": "https://ci.example/shop"]
            #expect(Self.decide([policy], running, good).isAllowed)
            policy.spec.authorities[0].extensions = ["tokenSubject": "other"]
            #expect(!Self.decide([policy], running, good).isAllowed)
        }
    }

    @Test(arguments: [
        ("r/shop", "r/shop", true), ("r/*", "r/shop", true), ("r/*", "r/shop/api", false),
        ("r/**", "r/shop/api", true),
        ("**", "", true), ("*", "a/b", false), ("r/*/api", "r/shop/api", true),
        ("r/**/api", "r/a/b/api", true),
        ("r/shop*", "r/shopping", true), ("r/shop", "r/shopping", false), ("", "r", false),
        ("r/***", "r/a/b", true),
        ("*a*a*a*a*a*a*b", String(repeating: "a", count: 3000), false),
    ])
    func `a star stops at a slash, two do not`(pattern: String, name: String, isMatch: Bool) {
        #expect(ImageGlob(pattern).matches(name) == isMatch)
    }
}
