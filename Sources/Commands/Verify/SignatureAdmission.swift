import Foundation
import KubeClient
import KubeModel
import KubeServer
import Manifest
import OCI
import Sigstore
import Synchronization

/// Keeps images without a valid signature out of protected namespaces.
///
/// A namespace is protected by the label `slipway.dev/signatures: required`. Before a pod is made there, the images of
/// all its containers are resolved to digests, verified against the SignaturePolicies, and written into the pod by
/// digest: what was verified is what will run, wherever its tag points then. Whatever cannot be found out is refused.
final class SignatureAdmission: AdmissionPlugin {
    /// How the admission reaches the world; closures, so that tests need no registry.
    struct Lookup: Sendable {
        /// The digest that a reference names and everything that lies beside the image.
        var signatures: @Sendable (Reference) async throws -> (digest: Digest, found: [StoredSignature])
        /// The trusted root of this installation's own instance; nil where there is none.
        var developmentRoot: @Sendable () async throws -> TrustedRoot?
    }

    /// Where ConfigMaps with trusted roots are.
    static let rootNamespace = "slipway-system"
    private static let listPaths = ["initContainers", "containers", "ephemeralContainers"]

    private let lookup: Lookup
    private let timeout: Duration
    private let client = Mutex<KubeClient?>(nil)

    init(lookup: Lookup, timeout: Duration = .seconds(30)) {
        self.lookup = lookup
        self.timeout = timeout
    }

    var name: String { "SignaturePolicy" }

    /// Gives the plugin the API of the very server it is part of, once there is one.
    func connect(_ client: KubeClient) { self.client.withLock { $0 = client } }

    func mutate(_ request: inout AdmissionRequest) async throws(APIError) {
        guard request.resource.groupResource == GroupVersionResource.pods.groupResource,
            request.operation != .delete,
            request.subresource.isEmpty || request.subresource == "ephemeralcontainers",
            let object = request.object
        else { return }
        do {
            guard let client = client.withLock({ $0 }) else { return }
            request.object = try await admit(object, old: request.oldObject, in: request.namespace, client)
        } catch let error as APIError {
            throw error
        } catch let error as Refusal {
            throw .forbidden(request.resource.groupResource, name: request.name, error.reason)
        } catch {
            throw .forbidden(
                request.resource.groupResource, name: request.name,
                "its images could not be verified, so it is refused: \(error)")
        }
    }

    private struct Refusal: Error {
        var reason: String
    }

    private func admit(
        _ object: Value, old: Value?, in namespace: String, _ client: KubeClient
    ) async throws -> Value {
        let labels = Dictionary(
            try await client.get(.namespaces, namespace, namespace: nil).metadata.labels.map {
                ($0.name, $0.text)
            },
            uniquingKeysWith: { $1 })
        guard SignaturePolicyEvaluator.isProtected(namespaceLabels: labels) else { return object }
        let admitted = Set(Self.images(of: old))
        let wanted = Set(Self.images(of: object)).subtracting(admitted)
        guard !wanted.isEmpty else { return object }
        let pinned = try await withThrowingTaskGroup(of: [String: String]?.self) { group in
            group.addTask {
                let evaluator = try await self.evaluator(client)
                var pinned: [String: String] = [:]
                for image in wanted.sorted() {
                    pinned[image] = try await self.verify(image, namespace, labels, evaluator)
                }
                return pinned
            }
            group.addTask { [timeout] in
                try await Task.sleep(for: timeout)
                return nil
            }
            defer { group.cancelAll() }
            guard let result = try await group.next() ?? nil else {
                throw Refusal(reason: "its images could not be verified within \(timeout)")
            }
            return result
        }
        var result = object
        for path in Self.listPaths {
            guard let containers = object["spec", path]?.arrayValue else { continue }
            result["spec", path] = .array(
                containers.map { container in
                    var container = container
                    if let image = container["image"]?.stringValue, let digest = pinned[image] {
                        container["image"] = .string(digest)
                    }
                    return container
                })
        }
        return result
    }

    /// - Returns: the image by digest.
    private func verify(
        _ image: String, _ namespace: String, _ labels: [String: String],
        _ evaluator: SignaturePolicyEvaluator
    ) async throws -> String {
        let reference = try Reference(parsing: image).withDefaultTag
        let (digest, found) = try await lookup.signatures(reference)
        guard let bytes = Hex.decode(digest.hex), bytes.count == 32 else {
            throw Refusal(reason: "\(image) has the digest \(digest), but signatures are over SHA-256")
        }
        let decision = evaluator.decide(
            repository: reference.name, digest: bytes, namespace: namespace, namespaceLabels: labels,
            signatures: found)
        if case .denied(let reasons) = decision { throw Refusal(reason: reasons.joined(separator: "; ")) }
        return reference.with(digest).description
    }

    private func evaluator(_ client: KubeClient) async throws -> SignaturePolicyEvaluator {
        let policies = try await client.listAll(.signaturePolicies, namespace: nil).map { object in
            NamedSignaturePolicy(
                name: object.metadata.name,
                spec: try ValueDecoder().decode(
                    SignaturePolicySpec.self, from: object["spec"] ?? .emptyObject))
        }
        var roots: [String: TrustedRoot] = [:]
        for name in Set(policies.flatMap { $0.spec.authorities.map(\.trustedRoot) }) {
            if name == SignaturePolicySpec.developmentRoot {
                roots[name] = try await lookup.developmentRoot()
                continue
            }
            // A root that is missing makes its authorities fail, and nothing else.
            guard let map = try? await client.get(.configMaps, name, namespace: Self.rootNamespace),
                let text = map["data", "trusted_root.json"]?.stringValue
            else { continue }
            roots[name] = try TrustedRoot(json: text.utf8)
        }
        return SignaturePolicyEvaluator(policies: policies, trustedRoots: roots)
    }

    private static func images(of object: Value?) -> [String] {
        listPaths.flatMap { object?["spec", $0]?.arrayValue ?? [] }.compactMap { $0["image"]?.stringValue }
    }
}

extension SignatureAdmission.Lookup {
    /// Asks registries, and reads the trusted root that this installation's instance has written.
    static func system(dataDirectory: String) -> SignatureAdmission.Lookup {
        SignatureAdmission.Lookup(
            signatures: { reference in
                try await withRegistry { client in
                    let digest = try await client.resolve(reference).digest
                    return (digest, try await ImageSignatures(client).all(of: digest, in: reference))
                }
            },
            developmentRoot: {
                let path = "\(dataDirectory)/sigstore/trusted_root.json"
                guard let bytes = try? Data(contentsOf: URL(filePath: path)) else { return nil }
                return try TrustedRoot(json: bytes)
            })
    }
}
