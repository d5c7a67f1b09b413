import KubeClient
import KubeModel
import Manifest

/// The wishes to go back that nothing has been done about yet: of people, and of the rollouts' controller.
struct RollbackReader {
    let caches: PromotionCaches
    let memory: PromotionMemory

    func read(_ conventions: DeliveryConventions, _ releases: [LineFacts.Release]) -> [LineFacts.Rollback] {
        let open = caches.rollbacks.objects.compactMap(\.value).filter(Self.isOpen)
        let sorted = open.sorted {
            ($0["metadata", "creationTimestamp"]?.stringValue ?? "", $0.metadata.name)
                < ($1["metadata", "creationTimestamp"]?.stringValue ?? "", $1.metadata.name)
        }
        return sorted.compactMap { rollback($0, conventions, releases) }
    }

    /// Whether a wish has no answer: none at all, or only one to what it said before. The rollouts' controller says it
    /// anew when a version fails again that was let in again.
    static func isOpen(_ object: Value) -> Bool {
        guard !object.metadata.isDeleting else { return false }
        guard object["status", "phase"]?.stringValue?.isEmpty == false else { return true }
        guard let seen = object["status", "observedGeneration"]?.integerValue else { return false }
        return seen < object.metadata.generation
    }

    private func rollback(
        _ object: Value, _ conventions: DeliveryConventions, _ releases: [LineFacts.Release]
    ) -> LineFacts.Rollback? {
        let spec = object["spec"]
        let key =
            "\(object.metadata.namespace)/\(object.metadata.name)/\(object.metadata.generation)"
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
                if rollback.bad == nil { rollback.missing = name }
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
