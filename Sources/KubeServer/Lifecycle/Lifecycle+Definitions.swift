import KubeModel
import Manifest

extension Lifecycle {
    /// Keeps a definition's status true, and removes its objects before it goes.
    ///
    /// - Parameter name: the definition's name, which is also that of its resource.
    func reconcileDefinition(_ name: String) async -> Bool {
        guard let definition = store.value(of: DefinitionNames.resource, name: name) else { return true }
        let resource = GroupResource(
            group: definition.text("spec", "group"), resource: definition.text("spec", "names", "plural"))
        let instances = store.snapshot(of: resource.description).objects
        guard definition.metadata.isDeleting else { return await settleNames(of: definition) }
        guard let step = DefinitionDeletion.step(for: definition, hasInstances: instances.count > 0) else {
            return true
        }
        // The definition may have been deleted before anybody settled its names.
        var status = DefinitionNames.status(
            of: definition, among: store.values(of: DefinitionNames.resource), now: clock.now())
        var conditions = Conditions(status["conditions"]?.arrayValue ?? [])
        conditions.set(DefinitionDeletion.condition(for: step), now: clock.now())
        status["conditions"] = .array(conditions.items)
        if status != definition["status"] {
            // The change leads here again.
            return await requests.patch(
                DefinitionNames.resource, namespace: "", name: name, subresource: "status", ["status": status]
            )
        }
        switch step {
        case .deleteInstances:
            var isDone = true
            for object in instances {
                guard let value = object.value, !value.metadata.isDeleting else { continue }
                let node = ObjectNode(value, resource: resource)
                if await !requests.delete(node, .background, isExact: false) { isDone = false }
            }
            return isDone
        case .finish:
            store.endWatches(of: resource.description)
            let node = ObjectNode(definition, resource: DefinitionNames.resource)
            let rest = node.finalizers.filter { $0 != Finalizer.customResources }.map(Value.string)
            return await requests.patchMetadata(node, ["finalizers": rest.isEmpty ? .null : .array(rest)])
        }
    }

    private func settleNames(of definition: Value) async -> Bool {
        // Definitions that are new together are settled as the registry settles them.
        let all = DefinitionNames.settled(store.values(of: DefinitionNames.resource))
        let status = DefinitionNames.status(of: definition, among: all, now: clock.now())
        if status == definition["status"] { return true }
        return await requests.patch(
            DefinitionNames.resource, namespace: "", name: definition.metadata.name, subresource: "status",
            [
                "metadata": ["resourceVersion": .string(definition.metadata.resourceVersion)],
                "status": status,
            ])
    }
}
