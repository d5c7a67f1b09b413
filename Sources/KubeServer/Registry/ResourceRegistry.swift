import KubeModel
import Synchronization

/// The resources that are served right now: the built-in ones and those of established definitions.
///
/// A request takes one ``Snapshot`` and works on it to its end, so that a definition that comes or goes
/// meanwhile cannot show a request two worlds. Definitions are read from the store when they have changed, so
/// that a resource is there for every request that begins after its definition was accepted.
final class ResourceRegistry: Sendable {
    private let store: Store?
    private let state: Mutex<Snapshot>

    /// - Parameter store: where the definitions are; without one only built-in resources are served.
    init(store: Store? = nil) {
        self.store = store
        state = Mutex(.builtin)
    }

    /// The resources as they are now.
    var current: Snapshot {
        let known = state.withLock { $0 }
        guard let store else { return known }
        let revision = store.revision(of: DefinitionNames.resource.description)
        if known.revision == revision { return known }
        let definitions = DefinitionNames.settled(store.values(of: DefinitionNames.resource))
        let next = Snapshot(custom: definitions.flatMap(ResourceDefinition.custom), revision: revision)
        return state.withLock { present in
            if present.revision < revision { present = next }
            return present
        }
    }
}

extension ResourceRegistry {
    /// An unchanging view of all resources.
    final class Snapshot: Sendable {
        /// The groups in the order of discovery, the core group first.
        let groups: [Group]
        /// Grows with every change of the custom resources; tells caches when to build anew.
        let revision: UInt64

        private let byPath: [PathKey: ResourceDefinition]
        private let byKind: [GroupVersionKind: ResourceDefinition]

        /// An API group with its versions, the preferred one first.
        struct Group: Sendable {
            let name: String
            let versions: [Version]
        }

        /// The resources of one version of a group, in the order of discovery.
        struct Version: Sendable {
            let name: String
            let resources: [ResourceDefinition]
        }

        private struct PathKey: Hashable {
            let group: String
            let version: String
            let plural: String
        }

        /// The built-in resources alone.
        static let builtin = Snapshot(custom: [], revision: 0)

        init(custom: [ResourceDefinition], revision: UInt64) {
            self.revision = revision
            let all = ResourceDefinition.builtin + custom
            byPath = Dictionary(
                all.map { (PathKey(group: $0.group, version: $0.version, plural: $0.plural), $0) },
                uniquingKeysWith: { first, _ in first })
            byKind = Dictionary(all.map { ($0.kind, $0) }, uniquingKeysWith: { first, _ in first })
            groups = Self.grouped(all)
        }

        /// The resource of a request's path, nil where the server has none of that name.
        func resource(group: String, version: String, plural: String) -> ResourceDefinition? {
            byPath[PathKey(group: group, version: version, plural: plural)]
        }

        /// The resource whose objects are of a kind.
        func resource(for kind: GroupVersionKind) -> ResourceDefinition? { byKind[kind] }

        /// The group of that name, nil where no resource is in it.
        func group(_ name: String) -> Group? { groups.first { $0.name == name } }

        /// Whether any resource is served under a group and version.
        func serves(group: String, version: String) -> Bool {
            self.group(group)?.versions.contains { $0.name == version } ?? false
        }

        /// One definition for each place objects are stored in: what garbage collection and namespace
        /// deletion have to look through.
        var stored: [ResourceDefinition] {
            var seen: Set<ResourceDefinition.Storage> = []
            return groups.flatMap(\.versions).flatMap(\.resources).filter { resource in
                resource.isStored && seen.insert(resource.storage).inserted
            }
        }

        private static func grouped(_ all: [ResourceDefinition]) -> [Group] {
            var names: [String] = []
            var members: [String: [ResourceDefinition]] = [:]
            for resource in all {
                if members[resource.group] == nil { names.append(resource.group) }
                members[resource.group, default: []].append(resource)
            }
            return names.map { name in
                let resources = members[name] ?? []
                var versions: [String] = []
                for resource in resources where !versions.contains(resource.version) {
                    versions.append(resource.version)
                }
                versions.sort { APIVersionOrder.precedes($0, $1) }
                return Group(
                    name: name,
                    versions: versions.map { version in
                        Version(name: version, resources: resources.filter { $0.version == version })
                    })
            }
        }
    }
}
