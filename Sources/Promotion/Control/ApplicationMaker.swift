import KubeClient
import KubeModel
import Manifest

/// Makes the Applications that deploy a service's environments, where there are none.
struct ApplicationMaker {
    let client: KubeClient
    let settings: PromotionSettings
    let caches: PromotionCaches
    let branch: any ConfigBranch

    /// Makes what is missing. Those that are there are left as they are.
    ///
    /// - Parameter facts: an environment whose overlay cannot be read or names no image yet gets no Application: what
    ///   its manifests call the image may be somebody else's elsewhere. One whose Application cannot be made says so.
    func make(_ conventions: DeliveryConventions, _ facts: inout LineFacts) async throws {
        for environment in conventions.spec.environments {
            let name = conventions.application(environment)
            guard caches.applications[.init(namespace: settings.namespace, name: name)] == nil,
                case .value(.some, _) = facts.environments[environment.name]?.head, let url = repositoryURL
            else { continue }
            do {
                try await client.create(
                    Application.resource, application(name, conventions, environment, url),
                    namespace: settings.namespace)
            } catch let error as APIError where error.isAlreadyExists {
                continue
            } catch is CancellationError {
                throw CancellationError()
            } catch {
                facts.environments[environment.name]?.deployment = .behind(
                    "Application \(name) cannot be made: \(error)")
            }
        }
    }

    private var repositoryURL: String? {
        if let url = settings.repositoryURL { return url }
        let key = ObjectKey(namespace: settings.namespace, name: settings.repository)
        let url = caches.repositories[key]?.value?["status", "cloneURL"]?.stringValue
        return url?.isEmpty == false ? url : nil
    }

    private func application(
        _ name: String, _ conventions: DeliveryConventions, _ environment: DeliverySpec.Environment,
        _ url: String
    ) -> Value {
        var policy: Value = [
            "automated": ["prune": true, "selfHeal": true],
            "syncOptions": ["CreateNamespace=true", "RespectIgnoreDifferences=true"],
        ]
        if !settings.namespaceLabels.isEmpty {
            var labels = StringMap()
            for (label, text) in settings.namespaceLabels.sorted(by: { $0.key < $1.key }) {
                labels[label] = text
            }
            policy["managedNamespaceMetadata"] = ["labels": labels.value]
        }
        let target =
            branch.reference.hasPrefix("refs/heads/")
            ? String(branch.reference.dropFirst("refs/heads/".count)) : branch.reference
        return [
            "apiVersion": "argoproj.io/v1alpha1", "kind": "Application",
            "metadata": [
                "name": .string(name), "namespace": .string(settings.namespace),
                "labels": [
                    "slipway.dev/service": .string(conventions.service),
                    "slipway.dev/environment": .string(environment.name),
                ],
                "finalizers": [.string(Application.resourcesFinalizer)],
            ],
            "spec": [
                "project": .string(settings.project),
                "source": [
                    "repoURL": .string(url), "path": .string(conventions.overlay(environment)),
                    "targetRevision": .string(target),
                ],
                "destination": [
                    "server": .string(ApplicationDestination.inCluster),
                    "namespace": .string(conventions.namespace(environment)),
                ],
                "syncPolicy": policy, "ignoreDifferences": Self.steered,
            ],
        ]
    }

    /// What a rollout decides while it shifts traffic, and git must neither undo nor report: weights of routes, and
    /// which version a service stands for.
    private static let steered: Value = [
        [
            "group": "gateway.networking.k8s.io", "kind": "HTTPRoute",
            "jsonPointers": .array(
                (0..<4).flatMap { rule in
                    // Canary, stable version and, where there is one, a fresh baseline.
                    (0..<3).map { .string("/spec/rules/\(rule)/backendRefs/\($0)/weight") }
                }),
        ],
        ["group": "", "kind": "Service", "jsonPointers": ["/spec/selector/rollouts-pod-template-hash"]],
    ]
}
