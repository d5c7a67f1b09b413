public import KubeClient
import KubeModel
import Manifest
public import OCI
public import Sigstore

extension SyncGuards {
    /// Guards that let an image run where the SignaturePolicies do, so that a sync that would be refused at its pods
    /// changes nothing at all.
    ///
    /// Only namespaces count that are protected by the label `slipway.dev/signatures: required`, as for admission, which
    /// still has the last word. An image that cannot be looked at is not let through.
    ///
    /// - Parameters:
    ///   - rootNamespace: where ConfigMaps with trusted roots are.
    ///   - signatures: the digest of a reference and everything that lies beside the image.
    ///   - developmentRoot: the trusted root of this installation's own instance, nil where there is none.
    public static func signatures(
        _ client: KubeClient, rootNamespace: String = "slipway-system",
        signatures:
            @escaping @Sendable (Reference) async throws -> (digest: Digest, found: [StoredSignature]),
        developmentRoot: @escaping @Sendable () async throws -> TrustedRoot?
    ) -> SyncGuards {
        SyncGuards { images, namespace in
            guard !images.isEmpty, !namespace.isEmpty else { return [] }
            let labels: [String: String]
            do {
                let object = try await client.get(.namespaces, namespace, namespace: nil)
                labels = Dictionary(
                    object.metadata.labels.map { ($0.name, $0.text) }, uniquingKeysWith: { $1 })
            } catch let error as APIError where error.isNotFound {
                return []
            }
            guard SignaturePolicyEvaluator.isProtected(namespaceLabels: labels) else { return [] }
            let evaluator = try await evaluator(client, rootNamespace, developmentRoot)
            var faults: [String] = []
            for image in images {
                do {
                    let reference = try Reference(parsing: image).withDefaultTag
                    let (digest, found) = try await signatures(reference)
                    guard let bytes = Hex.decode(digest.hex), bytes.count == 32 else {
                        faults.append("\(image) has the digest \(digest), but signatures are over SHA-256")
                        continue
                    }
                    let decision = evaluator.decide(
                        repository: reference.name, digest: bytes, namespace: namespace,
                        namespaceLabels: labels, signatures: found)
                    if case .denied(let reasons) = decision { faults += reasons }
                } catch {
                    try Task.checkCancellation()
                    faults.append("\(image) could not be verified: \(error)")
                }
            }
            return faults
        }
    }

    private static func evaluator(
        _ client: KubeClient, _ rootNamespace: String, _ developmentRoot: () async throws -> TrustedRoot?
    ) async throws -> SignaturePolicyEvaluator {
        let policies = try await client.listAll(.signaturePolicies, namespace: nil).map { object in
            NamedSignaturePolicy(
                name: object.metadata.name,
                spec: try ValueDecoder().decode(
                    SignaturePolicySpec.self, from: object["spec"] ?? .emptyObject))
        }
        var roots: [String: TrustedRoot] = [:]
        for name in Set(policies.flatMap { $0.spec.authorities.map(\.trustedRoot) }) {
            if name == SignaturePolicySpec.developmentRoot {
                roots[name] = try await developmentRoot()
            } else if let map = try? await client.get(.configMaps, name, namespace: rootNamespace),
                let text = map["data", "trusted_root.json"]?.stringValue
            {
                // A root that is missing makes its authorities fail, and nothing else.
                roots[name] = try TrustedRoot(json: text.utf8)
            }
        }
        return SignaturePolicyEvaluator(policies: policies, trustedRoots: roots)
    }
}
