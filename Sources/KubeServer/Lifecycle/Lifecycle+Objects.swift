import KubeModel
import Manifest

// What is done about single objects: garbage collection and the end of events.

extension Lifecycle {
    /// Performs what garbage collection decides about an object; false where it has to be tried again.
    func collect(_ uid: String, _ graph: ObjectGraph) async -> Bool {
        guard let node = graph.nodes[uid] else { return true }
        let resources = registry.current
        let kinds = GarbageCollection.Kinds { apiVersion, kind in
            resources.resource(for: GroupVersionKind(apiVersion: apiVersion, kind: kind))?.isNamespaced
        }
        var isDone = true
        for action in GarbageCollection.actions(for: node, in: graph, kinds: kinds) {
            if await !perform(action) { isDone = false }
        }
        return isDone
    }

    private func perform(_ action: GarbageCollection.Action) async -> Bool {
        switch action {
        case .delete(let node, let propagation):
            return await requests.delete(node, propagation, isExact: true)
        case .removeOwners(let node, let uids):
            let rest = node.owners.filter { !uids.contains($0.uid) }.map(\.value)
            return await requests.patchMetadata(
                node, ["ownerReferences": rest.isEmpty ? .null : .array(rest)])
        case .unblockOwners(let node):
            let owners = node.owners.map { owner in
                var owner = owner
                owner.blocksOwnerDeletion = false
                return owner.value
            }
            return await requests.patchMetadata(node, ["ownerReferences": .array(owners)])
        case .removeFinalizer(let node, let finalizer):
            let rest = node.finalizers.filter { $0 != finalizer }.map(Value.string)
            return await requests.patchMetadata(node, ["finalizers": rest.isEmpty ? .null : .array(rest)])
        }
    }

    /// Deletes an event that nobody will look for any more.
    func expire(_ uid: String, _ graph: ObjectGraph) async -> Bool {
        guard let node = graph.nodes[uid] else { return true }
        return await requests.delete(node, .background, isExact: true)
    }
}
