import KubeModel

/// All objects with who owns whom, and which of them have to be looked at again.
struct ObjectGraph: Sendable {
    private(set) var nodes: [String: ObjectNode] = [:]
    /// By the owner's uid, the uids of what names it as an owner, whether the owner exists or not.
    private var dependents: [String: Set<String>] = [:]
    /// By namespace.
    private var members: [String: Set<String>] = [:]
    /// The uids of objects whose end may have to be decided anew.
    private var touched: Set<String> = []

    /// Takes in an object's newest state.
    mutating func insert(_ node: ObjectNode) {
        let old = nodes.updateValue(node, forKey: node.uid)
        let oldOwners = Set(old?.owners.map(\.uid) ?? [])
        let newOwners = Set(node.owners.map(\.uid))
        for owner in oldOwners.subtracting(newOwners) { unlink(node.uid, from: owner) }
        for owner in newOwners.subtracting(oldOwners) { dependents[owner, default: []].insert(node.uid) }
        members[node.namespace, default: []].insert(node.uid)
        touch(node.uid)
        // An owner may have waited for just this change.
        for owner in oldOwners.union(newOwners) { touch(owner) }
        if old?.awaitsDependents != node.awaitsDependents || old?.orphansDependents != node.orphansDependents
        {
            for dependent in dependents[node.uid] ?? [] { touch(dependent) }
        }
    }

    /// Forgets an object that is gone.
    mutating func remove(uid: String) {
        guard let node = nodes.removeValue(forKey: uid) else { return }
        members[node.namespace]?.remove(uid)
        if members[node.namespace]?.isEmpty == true { members[node.namespace] = nil }
        for owner in Set(node.owners.map(\.uid)) {
            unlink(uid, from: owner)
            touch(owner)
        }
        for dependent in dependents[uid] ?? [] { touch(dependent) }
        touched.remove(uid)
    }

    private mutating func unlink(_ uid: String, from owner: String) {
        dependents[owner]?.remove(uid)
        if dependents[owner]?.isEmpty == true { dependents[owner] = nil }
    }

    /// Has an object looked at again; forgotten where it does not exist.
    mutating func touch(_ uid: String) {
        if nodes[uid] != nil { touched.insert(uid) }
    }

    /// Answers, once, the objects that have to be looked at again, in an order that does not depend on hashing.
    mutating func takeTouched() -> [ObjectNode] {
        defer { touched = [] }
        return touched.sorted().compactMap { nodes[$0] }
    }

    /// The objects that name an object as an owner.
    func dependents(of uid: String) -> [ObjectNode] {
        (dependents[uid] ?? []).sorted().compactMap { nodes[$0] }
    }

    func hasDependents(_ uid: String) -> Bool { dependents[uid] != nil }

    /// The objects in a namespace.
    func members(of namespace: String) -> [ObjectNode] {
        (members[namespace] ?? []).sorted().compactMap { nodes[$0] }
    }

    /// The objects of a resource.
    func objects(of resource: GroupResource) -> [ObjectNode] {
        nodes.values.filter { $0.resource == resource }
    }
}
