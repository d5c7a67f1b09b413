import KubeClient
import KubeModel
import Manifest

extension ApplicationReconciler {
    /// Warns of objects in the application's namespace that belong to no application, where its project asks for it.
    ///
    /// Only kinds that applications have objects of are looked at, and no more than 100 objects are counted.
    func addOrphans(
        _ pass: Pass, _ policy: ProjectPolicy, targets: Set<ResourceKey>,
        to comparison: inout ApplicationComparison
    ) {
        guard policy.warnsOfOrphans else { return }
        let namespace = pass.application.destination.namespace
        let orphans = live.orphans(in: namespace, limit: 100).filter { key in
            !targets.contains(key) && !policy.ignoresOrphan(key)
        }
        guard let first = orphans.min() else { return }
        comparison.warnings.append(
            (
                "OrphanedResourceWarning",
                "Application has \(orphans.count) orphaned resources, such as \(first)"
            ))
    }
}

extension ProjectPolicy {
    /// Whether applications are warned of objects that belong to none.
    var warnsOfOrphans: Bool { project.monitorsOrphans && project.warnsOfOrphans }

    /// Whether an object that belongs to no application is expected; Kubernetes makes some in every namespace.
    func ignoresOrphan(_ key: ResourceKey) -> Bool {
        if key.kind == "ServiceAccount", key.name == "default" { return true }
        if key.kind == "ConfigMap", key.name == "kube-root-ca.crt" { return true }
        return project.ignoredOrphans.contains { rule in
            (rule.group.isEmpty || Glob(rule.group).matches(key.group))
                && (rule.kind.isEmpty || Glob(rule.kind).matches(key.kind))
                && (rule.name.isEmpty || Glob(rule.name).matches(key.name))
        }
    }
}

extension LiveState {
    /// Objects of a namespace that bear no application's mark and that no other object owns.
    func orphans(in namespace: String, limit: Int) -> [ResourceKey] {
        var orphans: [ResourceKey] = []
        for kind in watchedKinds {
            for object in cache(of: kind)?.objects ?? [] where object.key.namespace == namespace {
                guard orphans.count < limit, let summary = object.value.map({ LiveSummary($0) }),
                    summary.application.isEmpty, !summary.isOwned
                else { continue }
                orphans.append(summary.key)
            }
        }
        return orphans
    }
}
