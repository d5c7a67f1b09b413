import KubeClient
import KubeModel
import Manifest

/// Which services an event of any of the objects is about.
struct LineSources {
    let caches: PromotionCaches
    let memory: PromotionMemory
    let namespace: String

    var all: [KeySource<ObjectKey>] {
        [
            .objects(of: caches.deliveries, where: .generationChanged),
            .events(of: caches.releases, keys: releaseKeys),
            .events(of: caches.approvals) { keys($0.object.value?["spec", "service"]?.stringValue) },
            .events(of: caches.rollbacks, where: .generationChanged, keys: rollbackKeys),
            .events(of: caches.applications) { keys(memory.service(ofApplication: $0.key.name)) },
            .events(of: caches.rollouts) { keys(inNamespace: $0.key.namespace) },
            .events(of: caches.jobs) { keys($0.object.value?.metadata.labels[PromotionCaches.serviceLabel]) },
            .events(of: caches.pullRequests, keys: pullRequestKeys),
            .events(of: caches.repositories) { event in
                guard case .modified(let old, let new) = event,
                    old.value?["status", "cloneURL"] != new.value?["status", "cloneURL"]
                else { return [] }
                return caches.deliveries.objects.map(\.key)
            },
            KeySource(waitUntilReady: { [caches] in try await caches.promotions.waitUntilReady() }) { _ in },
        ]
    }

    private func keys(_ service: String?) -> [ObjectKey] {
        service.map { [ObjectKey(namespace: namespace, name: $0)] } ?? []
    }

    private func keys(inNamespace name: String) -> [ObjectKey] {
        memory.services(inNamespace: name).flatMap { keys($0) }
    }

    /// The deliveries that a release could be for: those of its repository, and of others that have its image.
    private func releaseKeys(_ event: CacheEvent) -> [ObjectKey] {
        guard let release = event.object.value else { return [] }
        let digest = release["spec", "image", "digest"]?.stringValue ?? ""
        let repositories = Set(
            ([release] + caches.releases(ofDigest: digest)).compactMap {
                $0["spec", "repository"]?.stringValue
            })
        return caches.deliveries.objects.filter { object in
            repositories.contains(object.value?["spec", "repository"]?.stringValue ?? object.key.name)
        }.map(\.key)
    }

    private func rollbackKeys(_ event: CacheEvent) -> [ObjectKey] {
        let service = event.object.value?["spec", "service"]?.stringValue
        return service.map { keys($0) } ?? keys(inNamespace: event.key.namespace)
    }

    private func pullRequestKeys(_ event: CacheEvent) -> [ObjectKey] {
        guard let branch = event.object.value?["spec", "source", "branch"]?.stringValue else { return [] }
        return keys(PromotionProposal.service(of: branch))
    }
}
