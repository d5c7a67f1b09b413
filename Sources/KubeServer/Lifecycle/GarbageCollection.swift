import KubeModel

/// Decides when an object has to go because its owners went, as upstream's garbage collector does.
///
/// The decision depends on the graph alone, so it can be taken again at any time and after any crash.
enum GarbageCollection {
    /// What has to be done to an object. Performing it changes the object, which leads to the next decision.
    enum Action: Sendable, Hashable {
        case delete(ObjectNode, Propagation)
        /// Takes owner references off the object.
        case removeOwners(ObjectNode, uids: Set<String>)
        /// Lets the object no longer block its owners, which are in one circle with it.
        case unblockOwners(ObjectNode)
        case removeFinalizer(ObjectNode, String)
    }

    /// What becomes of those an object owns.
    enum Propagation: String, Sendable, Hashable {
        case background = "Background"
        case foreground = "Foreground"
        case orphan = "Orphan"
    }

    /// What is known of the kinds that owner references name.
    struct Kinds: Sendable {
        /// Whether objects of the kind have namespaces; nil for a kind that is not served.
        let isNamespaced: @Sendable (_ apiVersion: String, _ kind: String) -> Bool?
    }

    /// What has to be done about an object now.
    static func actions(for node: ObjectNode, in graph: ObjectGraph, kinds: Kinds) -> [Action] {
        if node.isDeleting { return actions(forDeleting: node, in: graph) }
        if node.owners.isEmpty { return [] }
        var solid = false
        var waiting: Set<String> = []
        var dangling: Set<String> = []
        for owner in node.owners {
            switch state(of: owner, for: node, in: graph, kinds: kinds) {
            case .solid: solid = true
            case .waiting: waiting.insert(owner.uid)
            case .absent: dangling.insert(owner.uid)
            }
        }
        if solid {
            let leaving = waiting.union(dangling)
            return leaving.isEmpty ? [] : [.removeOwners(node, uids: leaving)]
        }
        if !waiting.isEmpty, graph.hasDependents(node.uid) {
            let isInCircle = graph.dependents(of: node.uid).contains(where: \.awaitsDependents)
            if isInCircle, node.owners.contains(where: \.blocksOwnerDeletion) {
                return [.unblockOwners(node)]
            }
            return [.delete(node, .foreground)]
        }
        // What the object's own finalizers say about its dependents is respected.
        if node.finalizers.contains(Finalizer.orphan) { return [.delete(node, .orphan)] }
        if node.finalizers.contains(Finalizer.foregroundDeletion) { return [.delete(node, .foreground)] }
        return [.delete(node, .background)]
    }

    private static func actions(forDeleting node: ObjectNode, in graph: ObjectGraph) -> [Action] {
        if node.orphansDependents {
            let dependents = graph.dependents(of: node.uid)
            if dependents.isEmpty { return [.removeFinalizer(node, Finalizer.orphan)] }
            return dependents.map { .removeOwners($0, uids: [node.uid]) }
        }
        if node.awaitsDependents {
            let isBlocked = blockers(of: node.uid, in: graph).contains { blocker in
                !(blocker.awaitsDependents && Self.isBlocked(blocker, by: node, in: graph))
            }
            return isBlocked ? [] : [.removeFinalizer(node, Finalizer.foregroundDeletion)]
        }
        return []
    }

    /// The dependents that an object which is deleted in the foreground waits for.
    private static func blockers(of uid: String, in graph: ObjectGraph) -> [ObjectNode] {
        graph.dependents(of: uid).filter { dependent in
            dependent.owners.contains { $0.uid == uid && $0.blocksOwnerDeletion }
        }
    }

    /// Whether one waiting object waits, over others that wait, for another: they are in one circle.
    private static func isBlocked(_ start: ObjectNode, by wanted: ObjectNode, in graph: ObjectGraph) -> Bool {
        var seen: Set<String> = []
        var open = [start.uid]
        while let uid = open.popLast() {
            if uid == wanted.uid { return true }
            guard seen.insert(uid).inserted else { continue }
            open += blockers(of: uid, in: graph).filter(\.awaitsDependents).map(\.uid)
        }
        return false
    }

    private enum OwnerState { case solid, waiting, absent }

    private static func state(
        of owner: OwnerReference, for node: ObjectNode, in graph: ObjectGraph, kinds: Kinds
    ) -> OwnerState {
        // An owner of a kind that cannot be looked up may exist somewhere; nothing is deleted on a guess.
        guard let isNamespaced = kinds.isNamespaced(owner.apiVersion, owner.kind) else { return .solid }
        if isNamespaced, node.namespace.isEmpty { return .solid }
        guard let present = graph.nodes[owner.uid], present.name == owner.name,
            !isNamespaced || present.namespace == node.namespace
        else { return .absent }
        return present.awaitsDependents ? .waiting : .solid
    }
}
