import ClusterTestSupport
import Foundation
import KubeClient
import KubeModel
import KubeServer
import Manifest
import OCI
import Sigstore
import TestSupport
import Testing

@testable import Slipway

@Suite struct SignatureAdmissionTests {
    static let digest = Digest.sha256(Array("manifest".utf8))
    static let identity = "https://ci.example/shop"
    static let image = "registry.test/shop/api:v1"

    /// A server with the admission, a protected namespace `prod`, an open one `dev`, and one signed image.
    static func withCluster(_ body: @escaping @Sendable (KubeClient, String) async throws -> Void)
        async throws
    {
        try await withTemporaryDirectory { directory in
            let (ready, continuation) = AsyncStream.makeStream(of: SigstoreServer.Running.self)
            let server = SigstoreServer(
                SigstoreServer.Configuration(directory: directory), logger: .silent,
                onReady: { continuation.yield($0) })
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await server.run() }
                for await running in ready {
                    try await withCluster(running, body)
                    break
                }
                group.cancelAll()
                try? await group.waitForAll()
            }
        }
    }

    private static func withCluster(
        _ running: SigstoreServer.Running,
        _ body: @escaping @Sendable (KubeClient, String) async throws -> Void
    ) async throws {
        let token = try #require(running.tokens).token(subject: identity, at: Date(), identifier: "1")
        let signer = KeylessSigner(
            endpoints: SigningEndpoints(certificateAuthority: running.url, transparencyLog: running.url))
        let session = try await signer.session(token: IdentityToken(token))
        let bytes = try #require(Hex.decode(digest.hex))
        let bundle = try await session.sign(Statement.imageSignature(sha256: bytes, name: "shop/api"))
        let admission = SignatureAdmission(
            lookup: ImageSignatureLookup(
                signatures: { reference in
                    switch (reference.repository, reference.tag) {
                    case ("shop/api", "unsigned"): return (digest, [])
                    case ("shop/api", _):
                        return (digest, [StoredSignature(name: "b", content: .bundle(bundle))])
                    default: throw OCIError(.unreachable, "no registry")
                    }
                }, developmentRoot: { running.instance.trustedRoot }), timeout: .seconds(240))
        var configuration = APIServer.Configuration.testing
        configuration.admission.append(admission)
        try await withServer(configuration) { server in
            let client = KubeClient(InProcessTransport(server))
            admission.connect(client)
            try await client.install([.signaturePolicies])
            for (name, label) in [("prod", "required"), ("dev", "optional")] {
                let namespace: Value = [
                    "apiVersion": "v1", "kind": "Namespace",
                    "metadata": [
                        "name": .string(name), "labels": ["slipway.dev/signatures": .string(label)],
                    ],
                ]
                _ = try await client.create(.namespaces, namespace, namespace: nil)
            }
            try await body(client, running.url)
        }
    }

    static func policy(_ issuer: String, identity: String = identity) -> Value {
        [
            "apiVersion": "slipway.dev/v1alpha1", "kind": "SignaturePolicy", "metadata": ["name": "shop"],
            "spec": [
                "images": ["registry.test/**"],
                "authorities": [
                    ["identity": .string(identity), "issuer": .string(issuer), "trustedRoot": "Development"]
                ],
            ],
        ]
    }

    static func pod(_ name: String, _ image: String) -> Value {
        [
            "apiVersion": "v1", "kind": "Pod", "metadata": ["name": .string(name)],
            "spec": ["containers": [["name": "main", "image": .string(image)]]],
        ]
    }

    static func refusal(_ client: KubeClient, _ image: String) async throws -> APIError? {
        do {
            _ = try await client.create(.pods, pod("refused", image), namespace: "prod")
            return nil
        } catch let error as APIError {
            return error
        }
    }

    @Test func `only images that a policy lets in run in a protected namespace, by digest`() async throws {
        try await Self.withCluster { client, issuer in
            // Nobody said yet who may sign.
            let unspoken = try await Self.refusal(client, Self.image)
            #expect(
                unspoken?.status.message.contains("no SignaturePolicy is about registry.test/shop/api")
                    == true)

            _ = try await client.create(.signaturePolicies, Self.policy(issuer), namespace: nil)
            let pod = try await client.create(.pods, Self.pod("good", Self.image), namespace: "prod")
            #expect(
                pod["spec", "containers"]?[0]?["image"]?.stringValue
                    == "registry.test/shop/api@\(Self.digest)")
            for image in [
                "registry.test/shop/api:unsigned", "registry.test/other:v1", "registry.test/UPPER:v1",
            ] {
                let error = try await Self.refusal(client, image)
                #expect(error?.status.code == 403, "\(image)")
            }
            let open = try await client.create(
                .pods, Self.pod("open", "registry.test/shop/api:unsigned"), namespace: "dev")
            #expect(open["spec", "containers"]?[0]?["image"] == "registry.test/shop/api:unsigned")
        }
    }

    @Test func `another signer than the policy's is refused, and a half policy cannot be made`() async throws
    {
        try await Self.withCluster { client, issuer in
            var half = Self.policy(issuer)
            half["spec", "authorities"] = [["identity": "x", "trustedRoot": "Development"]]
            await #expect(throws: APIError.self) {
                try await client.create(.signaturePolicies, half, namespace: nil)
            }
            _ = try await client.create(
                .signaturePolicies, Self.policy(issuer, identity: "https://ci.example/other"), namespace: nil)
            let error = try await Self.refusal(client, Self.image)
            #expect(error?.status.message.contains("does not meet the SignaturePolicy shop") == true)
        }
    }
}
