import KubeClient
import KubeModel
import Manifest

/// The objects that rollouts are made of, as last seen.
struct RolloutCaches: Sendable {
    let rollouts: WatchCache
    let replicaSets: WatchCache
    let pods: WatchCache
    let services: WatchCache
    let runs: WatchCache
    let jobs: WatchCache
    let routes: WatchCache
    /// Only whether templates are there matters here; who needs one reads it.
    let templates: WatchCache
    /// nil where only one namespace may be looked at; then who needs one finds out.
    let clusterTemplates: WatchCache?

    private static let hashIndex = CacheIndex.label(PodTemplateIdentity.hashLabel)
    private static let ownerIndex = CacheIndex("managed-by") { service in
        service.metadata.annotations[SnapshotReader.ownerAnnotation]
            .map { ["\(service.metadata.namespace)/\($0)"] } ?? []
    }

    init(_ client: KubeClient, namespace: String?) {
        let selection = Selection(labels: PodTemplateIdentity.hashLabel)
        // Nobody reads who owns which field, and that is often a third of an object.
        var options = WatchCache.Options()
        options.transform = { $0["metadata", "managedFields"] = nil }
        rollouts = WatchCache(client, Rollout.resource, namespace: namespace, mode: .full, options: options)
        replicaSets = WatchCache(
            client, .replicaSets, namespace: namespace, mode: .full, indexes: [.owner], options: options)
        pods = WatchCache(
            client, .pods, namespace: namespace, selection: selection, mode: .full, indexes: [Self.hashIndex],
            options: options)
        services = WatchCache(
            client, .services, namespace: namespace, mode: .full, indexes: [Self.ownerIndex], options: options
        )
        runs = WatchCache(
            client, Analysis.runs, namespace: namespace, mode: .full, indexes: [.owner], options: options)
        jobs = WatchCache(
            client, .jobs, namespace: namespace, selection: Selection(labels: JobProvider.runLabel),
            mode: .metadata, options: options)
        routes = WatchCache(
            client, GatewayRouter.resource, namespace: namespace, mode: .full, options: options)
        templates = WatchCache(
            client, Analysis.templates, namespace: namespace, mode: .full, options: options)
        clusterTemplates =
            namespace == nil
            ? WatchCache(client, Analysis.clusterTemplates, namespace: nil, mode: .full, options: options)
            : nil
    }

    var all: [WatchCache] {
        [rollouts, replicaSets, pods, services, runs, jobs, routes, templates]
            + [clusterTemplates].compactMap(\.self)
    }

    /// A template that is referred to, nil where it is not there.
    func template(_ reference: AnalysisReference.Template, in namespace: String) -> Value? {
        guard reference.isClusterWide else {
            return templates[ObjectKey(namespace: namespace, name: reference.name)]?.value
        }
        guard let clusterTemplates else { return .emptyObject }
        return clusterTemplates[ObjectKey(namespace: "", name: reference.name)]?.value
    }

    /// The pods of a template hash in a namespace.
    func pods(of hash: String, in namespace: String) -> [Value] {
        pods.objects(index: Self.hashIndex.name, value: hash)
            .filter { $0.key.namespace == namespace }.compactMap(\.value)
            .sorted { $0.metadata.name < $1.metadata.name }
    }

    /// The names of a namespace's services whose selector a rollout has written.
    func services(managedBy rollout: String, in namespace: String) -> [String] {
        services.objects(index: Self.ownerIndex.name, value: "\(namespace)/\(rollout)").map(\.key.name)
            .sorted()
    }

    // MARK: Who hears of what

    /// The rollouts whose work an event of anything of theirs is.
    var rolloutSources: [KeySource<ObjectKey>] {
        let kind = GroupKind(group: "argoproj.io", kind: "Rollout")
        let ofClusterTemplates: [KeySource<ObjectKey>] = [clusterTemplates].compactMap(\.self).map { cache in
            .events(of: cache, where: .generationChanged) { _ in
                self.rollouts.objects.filter {
                    $0.value.map { !RolloutSpecification($0).references.isEmpty } ?? false
                }.map(\.key)
            }
        }
        let others: [KeySource<ObjectKey>] = [
            .objects(of: rollouts), .owners(of: replicaSets, kind: kind), .owners(of: runs, kind: kind),
            .events(of: pods) { event in
                self.rollout(ofPod: event.object.value, in: event.key.namespace).map { [$0] } ?? []
            },
            .events(of: services, where: .generationChanged) { event in
                let owner = event.object.value?.metadata.annotations[SnapshotReader.ownerAnnotation]
                let named = self.rollouts(in: event.key.namespace) {
                    Self.services(of: $0).contains(event.key.name)
                }
                return named
                    + [owner].compactMap(\.self).map {
                        ObjectKey(namespace: event.key.namespace, name: $0)
                    }
            },
            .events(of: routes) { event in
                self.rollouts(in: event.key.namespace) { Self.routes(of: $0).contains(event.key.name) }
            },
            .events(of: templates, where: .generationChanged) { event in
                self.rollouts(in: event.key.namespace) { !RolloutSpecification($0).references.isEmpty }
            },
        ]
        return others + ofClusterTemplates
    }

    /// The analysis runs whose work an event of theirs or of their jobs is.
    var runSources: [KeySource<ObjectKey>] {
        [
            .objects(of: runs),
            .owners(of: jobs, kind: GroupKind(group: "argoproj.io", kind: "AnalysisRun")),
        ]
    }

    private func rollout(ofPod pod: Value?, in namespace: String) -> ObjectKey? {
        guard let owner = pod?.metadata.controller, owner.kind == "ReplicaSet",
            let set = replicaSets[ObjectKey(namespace: namespace, name: owner.name)]?.value,
            let rollout = set.metadata.controller, rollout.kind == "Rollout"
        else { return nil }
        return ObjectKey(namespace: namespace, name: rollout.name)
    }

    private func rollouts(in namespace: String, where isConcerned: (Value) -> Bool) -> [ObjectKey] {
        rollouts.objects.filter { $0.key.namespace == namespace && $0.value.map(isConcerned) ?? false }
            .map(\.key)
    }

    static func services(of rollout: Value) -> [String] {
        let strategy = rollout["spec", "strategy"]
        return [
            strategy?["canary", "canaryService"], strategy?["canary", "stableService"],
            strategy?["blueGreen", "activeService"], strategy?["blueGreen", "previewService"],
        ].compactMap { $0?.stringValue }.filter { !$0.isEmpty }
            + [
                strategy?["canary", "trafficRouting"].flatMap(CanaryStrategy.TrafficRouting.baselineService)
            ].compactMap(\.self)
    }

    static func routes(of rollout: Value) -> [String] {
        rollout["spec", "strategy", "canary", "trafficRouting"]
            .map { CanaryStrategy.TrafficRouting($0).httpRoutes } ?? []
    }
}
