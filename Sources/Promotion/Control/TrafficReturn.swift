import KubeClient
import KubeModel
import Logging
import Manifest

/// Takes traffic back before git says so: users should not wait for a commit, a sync and new pods.
///
/// An update under way is aborted. One that is through is undone by giving the rollout the image it had, whole and at
/// once: what has served everybody before needs no canary. For other workloads git is all there is.
struct TrafficReturn {
    let client: KubeClient
    let caches: PromotionCaches
    let logger: Logger

    /// How long a rollout's controller is given to see what it was told.
    private static let limit = Duration.seconds(10)
    private static let pause = Duration.milliseconds(10)
    /// More revisions than are kept, by which this program's own wish is known.
    private static let window: Value = ["revisions": 1000]

    /// Does what can be done at once; failures are told, as git comes in any case.
    ///
    /// - Parameters:
    ///   - old: the value that git has for the environment.
    ///   - new: the one that is gone back to.
    /// - Returns: the names of the rollouts that ``finish(_:namespace:)`` is for.
    func begin(from old: String?, to new: String?, namespace: String) async -> [String] {
        guard !namespace.isEmpty, let old = old.map(Self.version), let new = new.map(Self.version) else {
            return []
        }
        var turned: [String] = []
        for rollout in caches.rollouts(in: namespace) {
            let name = rollout.metadata.name
            do {
                if try await turn(name, old, new, namespace) { turned.append(name) }
            } catch {
                tell(name, namespace, "\(error)")
            }
        }
        return turned
    }

    /// Has the version that is back take everybody, once the rollouts' controller knows that it is wanted.
    func finish(_ rollouts: [String], namespace: String) async {
        for name in rollouts {
            do {
                try await promoteFully(name, namespace)
            } catch {
                tell(name, namespace, "\(error)")
            }
        }
    }

    private func tell(_ name: String, _ namespace: String, _ error: String) {
        logger.warning(
            "traffic could not be taken back before git",
            metadata: ["rollout": "\(namespace)/\(name)", "error": "\(error)"])
    }

    /// Turns a rollout around; answers whether it has the image that it had before.
    private func turn(
        _ name: String, _ old: String, _ new: String, _ namespace: String
    ) async throws -> Bool {
        let rollout = try await client.get(Rollout.resource, name, namespace: namespace)
        let status = rollout["status"]
        guard status?["abort"]?.boolValue != true else { return false }
        let containers = rollout["spec", "template", "spec", "containers"]?.arrayValue ?? []
        let changed = containers.map { container in
            guard let image = container["image"]?.stringValue, image.hasSuffix(old) else { return container }
            var container = container
            // Wherever the image comes from; its repository can be a mirror of the release's.
            container["image"] = .string(image.dropLast(old.count) + new)
            return container
        }
        guard changed != containers else {
            // A process that has ended since may have done it.
            return containers.contains { $0["image"]?.stringValue?.hasSuffix(new) == true }
        }
        if status?["currentPodHash"] != status?["stableRS"], status?["stableRS"] != nil {
            try await client.patch(
                Rollout.resource, name, namespace: namespace, .merge(["status": ["abort": true]]),
                subresource: "status")
            return false
        }
        var spec: Value = ["template": ["spec": ["containers": .array(changed)]]]
        // So that pods of the version before that still run stay, as they are not those of a canary; taken away again
        // by ``finish(_:namespace:)``.
        if rollout["spec", "rollbackWindow"] == nil { spec["rollbackWindow"] = Self.window }
        try await client.patch(Rollout.resource, name, namespace: namespace, .merge(["spec": spec]))
        return true
    }

    private func promoteFully(_ name: String, _ namespace: String) async throws {
        let deadline = client.timeline.now + Self.limit
        while client.timeline.now < deadline {
            let rollout = try await client.get(Rollout.resource, name, namespace: namespace)
            let status = rollout["status"]
            guard let seen = status?["observedGeneration"]?.stringValue else { return }
            // An update that its controller has not seen yet would begin with its first step whatever is asked before.
            if seen == String(rollout.metadata.generation) {
                let isUnderWay =
                    status?["currentPodHash"] != status?["stableRS"] && status?["abort"]?.boolValue != true
                if isUnderWay {
                    try await client.patch(
                        Rollout.resource, name, namespace: namespace,
                        .merge(["status": ["promoteFull": true]]), subresource: "status")
                }
                return try await takeWindow(from: rollout, namespace)
            }
            try await client.timeline.sleep(for: Self.pause)
        }
        tell(name, namespace, "its controller has not seen what is wanted")
        try await takeWindow(
            from: try await client.get(Rollout.resource, name, namespace: namespace), namespace)
    }

    private func takeWindow(from rollout: Value, _ namespace: String) async throws {
        guard rollout["spec", "rollbackWindow"] == Self.window else { return }
        try await client.patch(
            Rollout.resource, rollout.metadata.name, namespace: namespace,
            .merge(["spec": ["rollbackWindow": .null]]))
    }

    /// The part of a field's value that an image ends with: a digest, or a tag.
    private static func version(_ value: String) -> String {
        value.lastIndex(of: "@").map { String(value[value.index(after: $0)...]) } ?? value
    }
}
