import KubeModel
import TestSupport
import Testing

@testable import KubeServer

@Suite struct GarbageCollectionTests {
    private static let pods = GroupResource(resource: "pods")
    private static let kinds = GarbageCollection.Kinds { _, kind in
        ["Pod": true, "Node": false][kind]
    }

    private static func node(
        _ uid: String, owners: [OwnerReference] = [], finalizers: [String] = [], isDeleting: Bool = false,
        namespace: String = "ns"
    ) -> ObjectNode {
        ObjectNode(
            resource: pods, namespace: namespace, name: uid, uid: uid, owners: owners, finalizers: finalizers,
            isDeleting: isDeleting)
    }

    private static func owner(_ uid: String, kind: String = "Pod", blocks: Bool = false) -> OwnerReference {
        OwnerReference(apiVersion: "v1", kind: kind, name: uid, uid: uid, blocksOwnerDeletion: blocks)
    }

    private func actions(for uid: String, among nodes: [ObjectNode]) -> [GarbageCollection.Action] {
        var graph = ObjectGraph()
        for node in nodes { graph.insert(node) }
        guard let node = graph.nodes[uid] else { return [] }
        return GarbageCollection.actions(for: node, in: graph, kinds: Self.kinds)
    }

    @Test func `an object without owners stays`() {
        #expect(actions(for: "a", among: [Self.node("a")]).isEmpty)
    }

    @Test func `an object whose owner is gone goes`() {
        let orphan = Self.node("b", owners: [Self.owner("a")])
        #expect(actions(for: "b", among: [orphan]) == [.delete(orphan, .background)])
    }

    @Test func `an object stays for the owner that is left, without the one that is gone`() {
        let shared = Self.node("c", owners: [Self.owner("a"), Self.owner("b")])
        #expect(actions(for: "c", among: [Self.node("b"), shared]) == [.removeOwners(shared, uids: ["a"])])
    }

    @Test func `an owner of a kind that is not served is not given up`() {
        let object = Self.node("b", owners: [Self.owner("a", kind: "Gadget")])
        #expect(actions(for: "b", among: [object]).isEmpty)
    }

    @Test func `an owner in another namespace is none`() {
        let object = Self.node("b", owners: [Self.owner("a")])
        #expect(
            actions(for: "b", among: [Self.node("a", namespace: "other"), object]) == [
                .delete(object, .background)
            ])
    }

    @Test func `foreground deletion waits for those that block`() {
        let owner = Self.node("a", finalizers: [Finalizer.foregroundDeletion], isDeleting: true)
        let blocking = Self.node("b", owners: [Self.owner("a", blocks: true)])
        let free = Self.node("c", owners: [Self.owner("a")])
        #expect(actions(for: "a", among: [owner, blocking, free]).isEmpty)
        #expect(actions(for: "b", among: [owner, blocking]) == [.delete(blocking, .background)])
        #expect(
            actions(for: "a", among: [owner, free]) == [.removeFinalizer(owner, Finalizer.foregroundDeletion)]
        )
    }

    @Test func `an orphaning owner goes once its dependents are free`() {
        let owner = Self.node("a", finalizers: [Finalizer.orphan], isDeleting: true)
        let dependent = Self.node("b", owners: [Self.owner("a")])
        #expect(actions(for: "a", among: [owner, dependent]) == [.removeOwners(dependent, uids: ["a"])])
        #expect(actions(for: "a", among: [owner]) == [.removeFinalizer(owner, Finalizer.orphan)])
    }

    /// A store of the test's own: performs actions as the API does, and shows changes to the graph late.
    private struct World {
        var objects: [String: ObjectNode] = [:]
        var version = 0
        var news: [(uid: String, node: ObjectNode?)] = []
        /// Objects that ended while an owner of theirs that stays was there.
        var losses: [String] = []

        mutating func put(_ node: ObjectNode) {
            version += 1
            let stored = ObjectNode(
                resource: node.resource, namespace: node.namespace, name: node.name, uid: node.uid,
                resourceVersion: "\(version)", owners: node.owners, finalizers: node.finalizers,
                isDeleting: node.isDeleting)
            if stored.isDeleting, stored.finalizers.isEmpty {
                objects[stored.uid] = nil
                news.append((stored.uid, nil))
            } else {
                objects[stored.uid] = stored
                news.append((stored.uid, stored))
            }
        }

        mutating func delete(_ uid: String, _ propagation: GarbageCollection.Propagation) {
            guard let node = objects[uid] else { return }
            var finalizers = node.finalizers
            if propagation == .foreground { finalizers.append(Finalizer.foregroundDeletion) }
            if propagation == .orphan { finalizers.append(Finalizer.orphan) }
            put(changed(node, finalizers: Array(Set(finalizers)).sorted(), isDeleting: true))
        }

        func changed(
            _ node: ObjectNode, owners: [OwnerReference]? = nil, finalizers: [String]? = nil,
            isDeleting: Bool? = nil
        ) -> ObjectNode {
            ObjectNode(
                resource: node.resource, namespace: node.namespace, name: node.name, uid: node.uid,
                owners: owners ?? node.owners, finalizers: finalizers ?? node.finalizers,
                isDeleting: isDeleting ?? node.isDeleting)
        }

        /// Performs an action unless the object has changed since it was decided.
        mutating func perform(_ action: GarbageCollection.Action) {
            let target: ObjectNode
            switch action {
            case .delete(let node, _), .removeOwners(let node, _), .unblockOwners(let node),
                .removeFinalizer(let node, _):
                target = node
            }
            guard let present = objects[target.uid], present.resourceVersion == target.resourceVersion else {
                return
            }
            switch action {
            case .delete(_, let propagation):
                let isHeld = present.owners.contains { owner in
                    objects[owner.uid].map { !$0.isDeleting } ?? false
                }
                if isHeld { losses.append(present.uid) }
                delete(present.uid, propagation)
            case .removeOwners(_, let uids):
                put(changed(present, owners: present.owners.filter { !uids.contains($0.uid) }))
            case .unblockOwners:
                put(
                    changed(
                        present,
                        owners: present.owners.map { owner in
                            OwnerReference(
                                apiVersion: owner.apiVersion, kind: owner.kind, name: owner.name,
                                uid: owner.uid)
                        }))
            case .removeFinalizer(_, let finalizer):
                put(changed(present, finalizers: present.finalizers.filter { $0 != finalizer }))
            }
        }
    }

    @Test(arguments: 0..<300)
    func `after any schedule every object has an owner or never had one`(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        var world = World()
        var graph = ObjectGraph()
        var pending: [GarbageCollection.Action] = []
        var written = 0

        func write() {
            written += 1
            let alive = world.objects.keys.sorted()
            switch Int.random(in: 0..<4, using: &random) {
            case 0, 1:
                let owners = alive.shuffled(using: &random).prefix(Int.random(in: 0...2, using: &random))
                world.put(
                    Self.node(
                        "o\(written)",
                        owners: owners.map { Self.owner($0, blocks: Bool.random(using: &random)) }))
            case 2:
                guard let victim = alive.randomElement(using: &random) else { return }
                let ways: [GarbageCollection.Propagation] = [.background, .foreground, .orphan]
                world.delete(victim, ways.randomElement(using: &random) ?? .background)
            default:
                // A circle, which only references that are added later can make.
                guard let first = alive.randomElement(using: &random), let node = world.objects[first],
                    let second = alive.randomElement(using: &random), !node.isDeleting
                else { return }
                world.put(world.changed(node, owners: node.owners + [Self.owner(second, blocks: true)]))
            }
        }

        func learn() {
            guard !world.news.isEmpty else { return }
            let (uid, node) = world.news.removeFirst()
            if let node { graph.insert(node) } else { graph.remove(uid: uid) }
        }

        func decide() {
            for node in graph.takeTouched() {
                pending += GarbageCollection.actions(for: node, in: graph, kinds: Self.kinds)
            }
        }

        for _ in 0..<200 {
            switch Int.random(in: 0..<4, using: &random) {
            case 0: if written < 30 { write() }
            case 1: learn()
            case 2: decide()
            default:
                if !pending.isEmpty {
                    world.perform(pending.remove(at: Int.random(in: pending.indices, using: &random)))
                }
            }
        }
        var rounds = 0
        while rounds < 1000, !world.news.isEmpty || !pending.isEmpty || rounds < 2 {
            rounds += 1
            while !world.news.isEmpty { learn() }
            decide()
            for action in pending { world.perform(action) }
            pending = []
        }
        #expect(rounds < 1000, "seed \(seed): the decisions go round in circles")
        #expect(world.losses.isEmpty, "seed \(seed): deleted though owned: \(world.losses)")
        for node in world.objects.values {
            let isOwned = node.owners.isEmpty || node.owners.contains { world.objects[$0.uid] != nil }
            #expect(isOwned, "seed \(seed): \(node.uid) is left without owners")
            #expect(!node.isDeleting, "seed \(seed): \(node.uid) waits for ever")
        }
    }
}
