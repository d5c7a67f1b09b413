import KubeModel
import Manifest

/// Follows all stored objects through one consistent cut after another.
///
/// Every cut is the state of the whole store at one revision. That matters: seen at different moments, a new
/// object could seem to have an owner that does not exist.
struct ObjectFeed {
    /// One thing that happened since the cut before.
    enum Change {
        case present(Value, GroupResource)
        case gone(uid: String, GroupResource, namespace: String, name: String)
    }

    private struct Cursor {
        var revision: UInt64
        let epoch: Int
        /// The uids seen, to notice what went while its history was lost.
        var known: [String: (namespace: String, name: String)]
        let resource: GroupResource
    }

    private let store: Store
    private var cursors: [String: Cursor] = [:]

    init(store: Store) { self.store = store }

    /// Moves on to the newest state of the resources and answers its revision and what changed on the way.
    mutating func advance(over resources: [GroupResource]) -> (revision: UInt64, changes: [Change]) {
        var changes: [Change] = []
        var target = store.revision
        let served = Set(resources.map(\.description))
        for (key, cursor) in cursors where !served.contains(key) {
            changes += cursor.known.map {
                .gone(uid: $0.key, cursor.resource, namespace: $0.value.namespace, name: $0.value.name)
            }
            cursors[key] = nil
        }
        var place = 0
        while place < resources.count {
            if read(resources[place], upTo: target, into: &changes) {
                place += 1
            } else {
                // So much was written meanwhile that the state at the target is forgotten: aim higher.
                target = store.revision
                place = 0
            }
        }
        return (target, changes)
    }

    /// Brings one resource to a revision; false where that is no longer possible.
    private mutating func read(
        _ resource: GroupResource, upTo target: UInt64, into changes: inout [Change]
    ) -> Bool {
        let key = resource.description
        while true {
            guard let cursor = cursors[key] else { return load(resource, at: target, into: &changes) }
            if cursor.revision >= target { return true }
            switch store.changes(of: key, after: cursor.revision, epoch: cursor.epoch) {
            case .changes(let events):
                for event in events where event.revision <= target { note(event, resource, into: &changes) }
                cursors[key]?.revision = min(events.last?.revision ?? target, target)
            case .upToDate:
                cursors[key]?.revision = target
            case .expired:
                return load(resource, at: target, into: &changes)
            case .ended:
                if store.epoch(of: key) == cursor.epoch { return true }
                return load(resource, at: target, into: &changes)
            }
        }
    }

    private mutating func note(_ event: ChangeEvent, _ resource: GroupResource, into changes: inout [Change])
    {
        guard let value = event.object.value else { return }
        let metadata = value.metadata
        switch event.kind {
        case .added, .modified:
            cursors[resource.description]?.known[metadata.uid] = (metadata.namespace, metadata.name)
            changes.append(.present(value, resource))
        case .deleted:
            cursors[resource.description]?.known[metadata.uid] = nil
            changes.append(
                .gone(uid: metadata.uid, resource, namespace: metadata.namespace, name: metadata.name))
        }
    }

    /// Reads a resource anew, and notices what is no longer there.
    private mutating func load(
        _ resource: GroupResource, at target: UInt64, into changes: inout [Change]
    ) -> Bool {
        let key = resource.description
        let epoch = store.epoch(of: key)
        guard let snapshot = store.snapshot(of: key, at: target) else { return false }
        var gone = cursors[key]?.known ?? [:]
        var cursor = Cursor(revision: target, epoch: epoch, known: [:], resource: resource)
        for object in snapshot.objects {
            guard let value = object.value else { continue }
            let metadata = value.metadata
            gone[metadata.uid] = nil
            cursor.known[metadata.uid] = (metadata.namespace, metadata.name)
            changes.append(.present(value, resource))
        }
        changes += gone.map {
            .gone(uid: $0.key, resource, namespace: $0.value.namespace, name: $0.value.name)
        }
        cursors[key] = cursor
        return true
    }
}
