import KubeClient
import KubeModel
import Logging
import Manifest

/// Takes traffic back before git says so: users should not wait for a commit, a sync and new pods.
///
/// An update under way is aborted. One that is through is undone by giving the rollout the image it had, which its
/// controller answers with the pods that still run. For other workloads git is all there is.
struct TrafficReturn {
    let client: KubeClient
    let caches: PromotionCaches
    let logger: Logger

    /// Does what can be done; failures are told, as git comes in any case.
    func perform(_ intent: PromotionIntent, namespace: String) async {
        guard !namespace.isEmpty else { return }
        for rollout in caches.rollouts(in: namespace) {
            do {
                try await turn(rollout, intent, namespace)
            } catch {
                logger.warning(
                    "traffic could not be taken back before git",
                    metadata: ["rollout": "\(namespace)/\(rollout.metadata.name)", "error": "\(error)"])
            }
        }
    }

    private func turn(_ cached: Value, _ intent: PromotionIntent, _ namespace: String) async throws {
        let name = cached.metadata.name
        let rollout = try await client.get(Rollout.resource, name, namespace: namespace)
        let status = rollout["status"]
        if status?["abort"]?.boolValue == true { return }
        guard let old = intent.expected.map(Self.version) else { return }
        let new = Self.version(intent.value)
        let containers = rollout["spec", "template", "spec", "containers"]?.arrayValue ?? []
        let changed = containers.map { container in
            guard let image = container["image"]?.stringValue, image.hasSuffix(old) else { return container }
            var container = container
            // Wherever the image comes from; its repository can be a mirror of the release's.
            container["image"] = .string(image.dropLast(old.count) + new)
            return container
        }
        guard changed != containers else { return }
        if status?["currentPodHash"] != status?["stableRS"], status?["stableRS"] != nil {
            try await client.patch(
                Rollout.resource, name, namespace: namespace, .merge(["status": ["abort": true]]),
                subresource: "status")
            return
        }
        try await client.patch(
            Rollout.resource, name, namespace: namespace,
            .merge(["spec": ["template": ["spec": ["containers": .array(changed)]]]]))
    }

    /// The part of a field's value that an image ends with: a digest, or a tag.
    private static func version(_ value: String) -> String {
        value.lastIndex(of: "@").map { String(value[value.index(after: $0)...]) } ?? value
    }
}
