import KubeClient
import KubeModel
import Manifest

/// The wishes to go back that nothing has been done about yet: of people, and of the rollouts' controller.
struct RollbackReader {
    let caches: PromotionCaches
    let memory: PromotionMemory

    func read(_ conventions: DeliveryConventions, _ releases: [LineFacts.Release]) -> [LineFacts.Rollback] {
        let open = caches.rollbacks.objects.compactMap(\.value).filter {
            ($0["status", "phase"]?.stringValue ?? "").isEmpty && !$0.metadata.isDeleting
        }
        let sorted = open.sorted {
            ($0["metadata", "creationTimestamp"]?.stringValue ?? "", $0.metadata.name)
                < ($1["metadata", "creationTimestamp"]?.stringValue ?? "", $1.metadata.name)
        }
        return sorted.compactMap { rollback($0, conventions, releases) }
    }

    private func rollback(
        _ object: Value, _ conventions: DeliveryConventions, _ releases: [LineFacts.Release]
    ) -> LineFacts.Rollback? {
        let spec = object["spec"]
        let key = "\(object.metadata.namespace)/\(object.metadata.name)"
        let reason = spec?["reason"]?.stringValue ?? "rolled back"
        if spec?["workload"] == nil {
            guard spec?["service"]?.stringValue == conventions.service,
                let environment = spec?["environment"]?.stringValue
            else { return nil }
            var rollback = LineFacts.Rollback(key: key, environment: environment, reason: reason)
            rollback.to = spec?["to"]?.stringValue
            rollback.requestedBy = spec?["requestedBy"]?.stringValue ?? "somebody"
            if let name = spec?["release"]?.stringValue {
                rollback.bad = releases.first { $0.name == name }?.digest
            }
            return rollback
        }
        let environment = conventions.spec.environments.first {
            conventions.namespace($0) == object.metadata.namespace
        }
        // An image that is of no release of the service is somebody else's matter.
        guard let environment, let bad = digest(spec?["images"], releases) else { return nil }
        var rollback = LineFacts.Rollback(key: key, environment: environment.name, bad: bad, reason: reason)
        rollback.good = digest(spec?["stableImages"], releases)
        return rollback
    }

    /// The digest of the first image that is a release's.
    private func digest(_ images: Value?, _ releases: [LineFacts.Release]) -> String? {
        for image in (images?.arrayValue ?? []).compactMap(\.stringValue) {
            for release in releases.reversed()
            where image.hasSuffix("@\(release.digest)") || image.hasSuffix(":\(release.tag)") {
                return release.digest
            }
        }
        return nil
    }
}
