import KubeModel
import Manifest

extension Lifecycle {
    /// Empties a namespace that goes, and gives one that stays its default service account.
    func reconcileNamespace(_ name: String, _ graph: ObjectGraph) async -> Bool {
        guard var namespace = store.value(of: NamespaceDeletion.resource, name: name) else { return true }
        guard namespace.metadata.isDeleting else { return await ensureServiceAccount(in: name) }
        // The contents are known completely only from the cut on in which the namespace is closed to new ones.
        guard graph.nodes[namespace.metadata.uid]?.isDeleting == true else { return true }
        guard let plan = NamespaceDeletion.plan(for: namespace, contents: graph.members(of: name)) else {
            return true
        }
        var isDone = true
        for node in plan.deletions where await !requests.delete(node, .background, isExact: false) {
            isDone = false
        }
        if plan.isFinished {
            let rest = namespace.texts("spec", "finalizers").filter { $0 != Finalizer.namespace }
            namespace.set(.array(rest.map(Value.string)), at: ["spec", "finalizers"])
            return await requests.replace(
                NamespaceDeletion.resource, namespace: "", name: name, subresource: "finalize", namespace)
        }
        var conditions = Conditions(namespace.items("status", "conditions"))
        var isChanged = false
        for condition in plan.conditions where conditions.set(condition, now: clock.now()) {
            isChanged = true
        }
        guard isChanged else { return isDone }
        let isTold = await requests.patch(
            NamespaceDeletion.resource, namespace: "", name: name, subresource: "status",
            ["status": ["conditions": .array(conditions.items)]])
        return isDone && isTold
    }

    private func ensureServiceAccount(in namespace: String) async -> Bool {
        let resource = ServiceAccountTokens.resource
        if store.object(
            ObjectKey(resource: resource.description, namespace: namespace, name: "default")) != nil
        {
            return true
        }
        return await requests.create(
            resource, namespace: namespace,
            [
                "apiVersion": "v1", "kind": "ServiceAccount",
                "metadata": ["name": "default", "namespace": .string(namespace)],
            ])
    }
}
