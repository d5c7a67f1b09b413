public import KubeClient
import KubeModel
import Manifest
import OCI
import Sigstore

/// Says whether images may run in a namespace, by the SignaturePolicies that an API holds now.
///
/// Admission asks it before a pod is made, GitOps before a sync: both get the same answer.
public struct ImageSignatureJudge: Sendable {
    /// Where ConfigMaps with trusted roots are.
    public static let rootNamespace = "slipway-system"

    /// What is said of one image.
    struct Answer: Sendable {
        /// The image by digest, where it may run.
        var pinned: String?
        /// Why it may not; empty where it may.
        var reasons: [String] = []
    }

    let client: KubeClient
    let lookup: ImageSignatureLookup

    /// A judge that reads policies with a client and images with a look-up.
    public init(_ client: KubeClient, lookup: ImageSignatureLookup) {
        self.client = client
        self.lookup = lookup
    }

    /// The labels of a namespace; nil where it does not exist.
    func labels(of namespace: String) async throws -> [String: String]? {
        do {
            let labels = try await client.get(.namespaces, namespace, namespace: nil).metadata.labels
            return Dictionary(labels.map { ($0.name, $0.text) }, uniquingKeysWith: { $1 })
        } catch let error as APIError where error.isNotFound {
            return nil
        }
    }

    /// Judges images, each once.
    ///
    /// - Throws: `OCIError` and `SigstoreError` where an image or a policy cannot be read, which is never "unsigned";
    ///   `APIError`.
    func answers(
        to images: some Sequence<String>, in namespace: String, labels: [String: String]
    ) async throws -> [String: Answer] {
        let evaluator = try await evaluator()
        var answers: [String: Answer] = [:]
        for image in Set(images).sorted() {
            answers[image] = try await answer(to: image, namespace, labels, evaluator)
        }
        return answers
    }

    private func answer(
        to image: String, _ namespace: String, _ labels: [String: String],
        _ evaluator: SignaturePolicyEvaluator
    ) async throws -> Answer {
        let reference = try Reference(parsing: image).withDefaultTag
        let (digest, found) = try await lookup.signatures(reference)
        guard let bytes = Hex.decode(digest.hex), bytes.count == 32 else {
            return Answer(reasons: ["\(image) has the digest \(digest), but signatures are over SHA-256"])
        }
        let decision = evaluator.decide(
            repository: reference.name, digest: bytes, namespace: namespace, namespaceLabels: labels,
            signatures: found)
        if case .denied(let reasons) = decision { return Answer(reasons: reasons) }
        return Answer(pinned: reference.with(digest).description)
    }

    private func evaluator() async throws -> SignaturePolicyEvaluator {
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
}
