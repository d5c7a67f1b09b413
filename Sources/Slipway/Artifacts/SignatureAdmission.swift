public import KubeClient
public import KubeModel
public import KubeServer
import Manifest
import Sigstore
import Synchronization

/// Keeps images without a valid signature out of protected namespaces.
///
/// A namespace is protected by the label `slipway.dev/signatures: required`. Before a pod is made there, the images of
/// all its containers are resolved to digests, verified against the SignaturePolicies, and written into the pod by
/// digest: what was verified is what will run, wherever its tag points then. Whatever cannot be found out is refused.
///
///     let admission = SignatureAdmission(lookup: lookup)
///     configuration.admission.append(admission)
///     let server = try await APIServer.open(configuration)
///     admission.connect(KubeClient(InProcessTransport(server)))
public final class SignatureAdmission: AdmissionPlugin {
    private static let listPaths = ["initContainers", "containers", "ephemeralContainers"]

    private let lookup: ImageSignatureLookup
    private let timeout: Duration
    private let client = Mutex<KubeClient?>(nil)

    /// A plug-in that refuses every pod until ``connect(_:)``.
    ///
    /// - Parameter timeout: after it, what has not been verified is refused.
    public init(lookup: ImageSignatureLookup, timeout: Duration = .seconds(30)) {
        self.lookup = lookup
        self.timeout = timeout
    }

    /// `SignaturePolicy`.
    public var name: String { "SignaturePolicy" }

    /// Gives the plugin the API of the very server it is part of, once there is one.
    public func connect(_ client: KubeClient) { self.client.withLock { $0 = client } }

    /// Pins images by digest and refuses those whose signatures policies do not let run.
    public func mutate(_ request: inout AdmissionRequest) async throws(APIError) {
        guard request.resource.groupResource == GroupVersionResource.pods.groupResource,
            request.operation != .delete,
            request.subresource.isEmpty || request.subresource == "ephemeralcontainers",
            let object = request.object
        else { return }
        do {
            guard let client = client.withLock({ $0 }) else {
                throw Refusal(reason: "signatures cannot be checked yet; try again")
            }
            let judge = ImageSignatureJudge(client, lookup: lookup)
            request.object = try await admit(object, old: request.oldObject, in: request.namespace, judge)
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
        _ object: Value, old: Value?, in namespace: String, _ judge: ImageSignatureJudge
    ) async throws -> Value {
        guard let labels = try await judge.labels(of: namespace),
            SignaturePolicyEvaluator.isProtected(namespaceLabels: labels)
        else { return object }
        let admitted = Set(Self.images(of: old))
        let wanted = Set(Self.images(of: object)).subtracting(admitted)
        guard !wanted.isEmpty else { return object }
        let answers = try await withThrowingTaskGroup(of: [String: ImageSignatureJudge.Answer]?.self) {
            group in
            group.addTask { try await judge.answers(to: wanted, in: namespace, labels: labels) }
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
        let reasons = answers.sorted { $0.key < $1.key }.flatMap(\.value.reasons)
        guard reasons.isEmpty else { throw Refusal(reason: reasons.joined(separator: "; ")) }
        var result = object
        for path in Self.listPaths {
            guard let containers = object["spec", path]?.arrayValue else { continue }
            result["spec", path] = .array(
                containers.map { container in
                    var container = container
                    if let image = container["image"]?.stringValue, let pinned = answers[image]?.pinned {
                        container["image"] = .string(pinned)
                    }
                    return container
                })
        }
        return result
    }

    private static func images(of object: Value?) -> [String] {
        listPaths.flatMap { object?["spec", $0]?.arrayValue ?? [] }.compactMap { $0["image"]?.stringValue }
    }
}
