import GitOps
import KubeClient
import KubeModel
import Manifest
import OCI
import Sigstore
import Testing

/// What SignaturePolicies say before a sync; how signatures are verified is tested where that is done.
@Suite struct SignatureGuardTests {
    private static let digest = "sha256:" + String(repeating: "0", count: 64)

    private static func guards(_ installation: Installation, isReachable: Bool = true) -> SyncGuards {
        .signatures(
            installation.client,
            signatures: { _ in
                guard isReachable else { throw CancellationError() }
                return (try Digest(parsing: digest), [])
            }, developmentRoot: { nil })
    }

    private static func namespace(_ name: String, isProtected: Bool) -> Value {
        var object: Value = [
            "apiVersion": "v1", "kind": "Namespace", "metadata": ["name": .string(name)],
        ]
        if isProtected {
            object.metadata.labels[SignaturePolicySpec.namespaceLabel] = SignaturePolicySpec.required
        }
        return object
    }

    @Test func `images of a protected namespace need a policy and a signature, others nothing`() async throws {
        try await Installation.run { installation in
            try await installation.client.install([.signaturePolicies])
            for name in ["open", "closed"] {
                try await installation.client.create(
                    .namespaces, Self.namespace(name, isProtected: name == "closed"), namespace: nil)
            }
            let guards = Self.guards(installation)
            let image = "registry.example.com/web:1"
            #expect(try await guards.imageFaults([image], "open").isEmpty)
            #expect(try await guards.imageFaults([image], "not-made-yet").isEmpty)
            #expect(try await guards.imageFaults([], "closed").isEmpty)
            let faults = try await guards.imageFaults([image], "closed")
            #expect(faults.count == 1)
            #expect(
                faults.first?.contains("no SignaturePolicy is about registry.example.com/web in namespace closed")
                    == true)

            let policy: Value = [
                "apiVersion": "slipway.dev/v1alpha1", "kind": "SignaturePolicy", "metadata": ["name": "ours"],
                "spec": [
                    "images": ["registry.example.com/**"],
                    "authorities": [
                        ["identity": "ci", "issuer": "https://ci.example.com", "trustedRoot": "Development"]
                    ],
                ],
            ]
            try await installation.client.create(.signaturePolicies, policy, namespace: nil)
            let unsigned = try await guards.imageFaults([image], "closed")
            #expect(unsigned.first?.contains("it has no signature") == true, "\(unsigned)")
            let unreachable = try await Self.guards(installation, isReachable: false)
                .imageFaults([image], "closed")
            #expect(unreachable.first?.contains("could not be verified") == true, "\(unreachable)")
        }
    }
}
