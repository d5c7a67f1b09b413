import KubeModel
import Manifest

/// The resources of a build, in the order in which they were read.
final class ResourceMap {
    private(set) var resources: [Resource]
    /// Where resources are by what they are now; nil after a change.
    private var places: [ResourceID.Key: [Int]]?
    /// Where resources are by every name they have or had; nil after a change.
    private var placesByName: [String: [Int]]?

    init(_ resources: [Resource] = []) {
        self.resources = resources
    }

    /// Forgets where resources are; for whoever changes identities.
    func identitiesChanged() {
        places = nil
        placesByName = nil
    }

    /// Adds a resource that may not have the identity of another.
    ///
    /// - Throws: `conflict`.
    func append(_ resource: Resource) throws(KustomizeError) {
        let id = resource.currentID
        let key = id.key
        var index = currentPlaces()
        places = nil
        defer { places = index }
        guard index[key] == nil else {
            throw KustomizeError(.conflict, "may not add resource with an already registered id: \(id)")
        }
        index[key] = [resources.count]
        resources.append(resource)
        placesByName = nil
    }

    func append(contentsOf others: [Resource]) throws(KustomizeError) {
        for other in others { try append(other) }
    }

    private func currentPlaces() -> [ResourceID.Key: [Int]] {
        if let places { return places }
        var index: [ResourceID.Key: [Int]] = [:]
        index.reserveCapacity(resources.count)
        for (place, resource) in resources.enumerated() {
            index[resource.currentID.key, default: []].append(place)
        }
        places = index
        return index
    }

    /// The resources that are `id` now.
    func current(_ id: ResourceID) -> [Resource] {
        (currentPlaces()[id.key] ?? []).map { resources[$0] }
    }

    /// The resources that are `id` or once were, in order.
    func matching(_ id: ResourceID) -> [Resource] {
        let key = id.key
        return named(id.name).filter { resource in
            resource.currentID.key == key || resource.previousIDs.contains { $0.key == key }
        }
    }

    /// The resources that have or had a name, in order.
    func named(_ name: String) -> [Resource] {
        let index = placesByName ?? makePlacesByName()
        return (index[name] ?? []).lazy.map { self.resources[$0] }.filter { !$0.isEmpty }
    }

    private func makePlacesByName() -> [String: [Int]] {
        var index: [String: [Int]] = [:]
        index.reserveCapacity(resources.count)
        for (place, resource) in resources.enumerated() {
            index[resource.currentID.name, default: []].append(place)
            for id in resource.previousIDs where index[id.name]?.last != place {
                index[id.name, default: []].append(place)
            }
        }
        placesByName = index
        return index
    }

    /// The one resource that is `id` or once was.
    ///
    /// - Throws: `patchFailed` where there is none or several.
    func target(_ id: ResourceID) throws(KustomizeError) -> Resource {
        let found = matching(id)
        if found.count == 1 { return found[0] }
        throw KustomizeError(
            .patchFailed,
            "\(found.isEmpty ? "no matches" : "multiple matches") for Id \(id); failed to find unique target for "
                + "patch \(id)")
    }

    /// Puts another resource in the place of the one that has its identity.
    func replace(_ old: Resource, by new: Resource) throws(KustomizeError) {
        identitiesChanged()
        let key = new.currentID.key
        let found = resources.indices.filter { resources[$0].currentID.key == key }
        guard found.count == 1, resources[found[0]] === old else {
            throw KustomizeError(.conflict, "cannot find resource with id \(new.currentID) to replace")
        }
        resources[found[0]] = new
    }

    /// Notes that one resource's identity has changed.
    func move(_ resource: Resource, from old: ResourceID.Key) {
        placesByName = nil
        guard var index = places, let place = index[old]?.first(where: { resources[$0] === resource }) else {
            places = nil
            return
        }
        places = nil
        index[old]?.removeAll { $0 == place }
        index[resource.currentID.key, default: []].append(place)
        places = index
    }

    /// Takes out the resources of which patches left nothing.
    func dropEmpty() {
        guard resources.contains(where: \.isEmpty) else { return }
        resources.removeAll(where: \.isEmpty)
        identitiesChanged()
    }

    /// Keeps the resources for which the predicate holds.
    func filter(_ isKept: (Resource) -> Bool) {
        resources.removeAll { !isKept($0) }
        identitiesChanged()
    }

    /// Puts the resources in another order.
    func setResources(_ resources: [Resource]) {
        self.resources = resources
        identitiesChanged()
    }
}

extension Node {
    /// The node as one line of JSON, for messages.
    var jsonText: String {
        (try? value()).map { JSON.string($0, options: JSON.WriteOptions(sortsKeys: true)) } ?? text
    }
}
