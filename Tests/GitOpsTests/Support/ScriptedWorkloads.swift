import GitOps
import KubeClient
import KubeModel
import Manifest

/// Plays the controllers of workloads: jobs end, Deployments become available, as their names say.
///
/// A name with `fail` in it fails, one with `slow` never ends.
struct ScriptedWorkloads: Sendable {
    let client: KubeClient

    /// Plays until the task is cancelled.
    func run() async {
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await follow(.jobs) { job($0) } }
            group.addTask { await follow(.deployments) { deployment($0) } }
        }
    }

    private func follow(_ resource: GroupVersionResource, _ status: @escaping @Sendable (Value) -> Value?)
        async
    {
        let cache = WatchCache(client, resource, namespace: nil, mode: .full)
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await cache.run() }
            group.addTask {
                for await event in cache.subscribe() {
                    if case .deleted = event { continue }
                    guard let object = event.object.value, let status = status(object) else { continue }
                    // An object that has changed meanwhile comes again.
                    _ = try? await client.patch(
                        resource, object.metadata.name, namespace: object.metadata.namespace,
                        .merge(["status": status]), subresource: "status")
                }
            }
        }
    }

    private func job(_ object: Value) -> Value? {
        let name = object.metadata.name
        guard object["status", "conditions"] == nil, !name.contains("slow") else { return nil }
        let time = Value.string(client.timeline.date.rfc3339)
        if name.contains("fail") {
            return [
                "startTime": time, "failed": 1,
                "conditions": [
                    ["type": "FailureTarget", "status": "True", "reason": "BackoffLimitExceeded"],
                    [
                        "type": "Failed", "status": "True", "reason": "BackoffLimitExceeded",
                        "message": "Job has reached the specified backoff limit",
                    ],
                ],
            ]
        }
        return [
            "startTime": time, "completionTime": time, "succeeded": 1,
            "conditions": [
                ["type": "SuccessCriteriaMet", "status": "True"], ["type": "Complete", "status": "True"],
            ],
        ]
    }

    private func deployment(_ object: Value) -> Value? {
        let name = object.metadata.name
        let generation = object.metadata.generation
        guard object["status", "observedGeneration"]?.integerValue != generation, !name.contains("slow")
        else {
            return nil
        }
        let image = object["spec", "template", "spec", "containers"]?[0]?["image"]?.stringValue ?? ""
        let replicas = object["spec", "replicas"] ?? 1
        if name.contains("fail") || image.contains("bad") {
            return [
                "observedGeneration": .integer(generation), "replicas": replicas, "updatedReplicas": replicas,
                "unavailableReplicas": replicas, "readyReplicas": .null, "availableReplicas": .null,
                "conditions": [
                    ["type": "Progressing", "status": "False", "reason": "ProgressDeadlineExceeded"]
                ],
            ]
        }
        return [
            "observedGeneration": .integer(generation), "replicas": replicas, "updatedReplicas": replicas,
            "readyReplicas": replicas, "availableReplicas": replicas, "unavailableReplicas": .null,
            "conditions": [["type": "Progressing", "status": "True", "reason": "NewReplicaSetAvailable"]],
        ]
    }
}

extension Installation {
    /// As ``run(_:guards:audits:_:)``, with workloads that come and go as their names say.
    static func runWithWorkloads<Result: Sendable>(
        _ configure: (inout GitOpsSettings) -> Void = { _ in }, audits: Bool = false,
        _ body: @Sendable (Installation) async throws -> Result
    ) async throws -> Result {
        try await run(configure, audits: audits) { installation in
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { await ScriptedWorkloads(client: installation.client).run() }
                let result = try await body(installation)
                group.cancelAll()
                return result
            }
        }
    }
}

extension Manifests {
    static func job(_ name: String, annotations: [String: String] = [:]) -> String {
        var object: Value = [
            "apiVersion": "batch/v1", "kind": "Job", "metadata": ["name": .string(name)],
            "spec": [
                "template": [
                    "spec": [
                        "restartPolicy": "Never",
                        "containers": [["name": "main", "image": "registry.example.com/job:1"]],
                    ]
                ]
            ],
        ]
        for (key, value) in annotations { object.metadata.annotations[key] = value }
        return YAML.string(object)
    }

    static func deployment(
        _ name: String, image: String = "registry.example.com/web:1", annotations: [String: String] = [:]
    )
        -> String
    {
        var object: Value = [
            "apiVersion": "apps/v1", "kind": "Deployment", "metadata": ["name": .string(name)],
            "spec": [
                "replicas": 2, "selector": ["matchLabels": ["app": .string(name)]],
                "template": [
                    "metadata": ["labels": ["app": .string(name)]],
                    "spec": ["containers": [["name": "main", "image": .string(image)]]],
                ],
            ],
        ]
        for (key, value) in annotations { object.metadata.annotations[key] = value }
        return YAML.string(object)
    }
}
