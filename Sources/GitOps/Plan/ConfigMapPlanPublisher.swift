public import KubeClient
import KubeModel
import Manifest

/// Keeps plans as ConfigMaps `plan-<repository>-<number>`, from where pages show them: `plan.md` for people,
/// `summary` for a line in a list.
public struct ConfigMapPlanPublisher: PlanPublisher {
    /// What an object of an API server may hold, with room for the rest of it.
    private static let limit = 900_000

    private let client: KubeClient
    private let namespace: String?

    /// A publisher.
    ///
    /// - Parameter namespace: where the ConfigMaps are kept; nil for beside the repository.
    public init(_ client: KubeClient, namespace: String? = nil) {
        self.client = client
        self.namespace = namespace
    }

    /// Writes the plan in place of the one before.
    ///
    /// - Throws: `APIError`; ``GitOpsError`` with code `refused` for a repository without a namespace.
    public func publish(_ report: PlanReport, on subject: PlanSubject) async throws {
        let parts = subject.repository.split(separator: "/", maxSplits: 1).map(String.init)
        guard parts.count == 2 else {
            throw GitOpsError(.refused, "\"\(subject.repository)\" is no repository of a namespace")
        }
        let object: Value = [
            "apiVersion": "v1", "kind": "ConfigMap",
            "metadata": [
                "name": .string("plan-\(parts[1])-\(subject.number)"),
                "labels": ["slipway.dev/repository": .string(parts[1]), "slipway.dev/plan": "true"],
                "annotations": ["slipway.dev/repository-url": .string(subject.url)],
            ],
            "data": [
                "summary": .string(report.summary), "base": .string(report.base),
                "head": .string(report.head),
                "plan.md": .string(report.markdown(limit: Self.limit)),
            ],
        ]
        try await client.apply(
            .configMaps, object, namespace: namespace ?? parts[0], fieldManager: KindCatalog.fieldManager,
            force: true)
    }
}
