import KubeModel
import Manifest

/// What the lifecycle controllers know of the objects, and what of it they have yet to look at.
struct LifecycleState: Sendable {
    private(set) var graph = ObjectGraph()
    private var feed: ObjectFeed
    private var expiries = ExpiryQueue()
    private var subjects: Set<Lifecycle.Subject> = []
    /// The names of definitions that wait for their objects to go.
    private var leavingDefinitions: Set<String> = []
    private var now = Timestamp(seconds: 0)

    /// How long an event is kept after it was last seen.
    static let eventLifetime = Duration.seconds(3600)

    init(store: Store) { feed = ObjectFeed(store: store) }

    /// Takes in all that happened and answers the revision up to which it is known.
    mutating func advance(over resources: [GroupResource], now: Timestamp) -> UInt64 {
        self.now = now
        let (revision, changes) = feed.advance(over: resources)
        for change in changes { apply(change) }
        return revision
    }

    /// Has subjects looked at again.
    mutating func touch(_ subjects: [Lifecycle.Subject]) { self.subjects.formUnion(subjects) }

    /// When the next event ends.
    var nextExpiry: Timestamp? {
        mutating get { expiries.next }
    }

    /// Answers, once, what has to be looked at.
    mutating func takeSubjects() -> [Lifecycle.Subject] {
        subjects.formUnion(graph.takeTouched().map { .object(uid: $0.uid) })
        subjects.formUnion(expiries.takeExpired(at: now).map { .expired(uid: $0) })
        defer { subjects = [] }
        return subjects.sorted()
    }

    private mutating func apply(_ change: ObjectFeed.Change) {
        switch change {
        case .present(let object, let resource):
            let node = ObjectNode(object, resource: resource)
            graph.insert(node)
            if resource == Self.events {
                expiries.set(Self.lastSeen(object).advanced(by: Self.eventLifetime), for: node.uid)
            }
            if resource == DefinitionNames.resource, node.isDeleting { leavingDefinitions.insert(node.name) }
            note(resource, namespace: node.namespace, name: node.name)
        case .gone(let uid, let resource, let namespace, let name):
            graph.remove(uid: uid)
            if resource == Self.events { expiries.remove(uid) }
            if resource == DefinitionNames.resource { leavingDefinitions.remove(name) }
            note(resource, namespace: namespace, name: name)
        }
    }

    private mutating func note(_ resource: GroupResource, namespace: String, name: String) {
        if !namespace.isEmpty { subjects.insert(.namespace(namespace)) }
        switch resource {
        case NamespaceDeletion.resource: subjects.insert(.namespace(name))
        case DefinitionNames.resource:
            // One definition's names may be free again for another.
            for definition in graph.objects(of: resource) { subjects.insert(.definition(definition.name)) }
        case RoleAuthorizer.clusterRoles:
            for role in graph.objects(of: resource) { subjects.insert(.clusterRole(role.name)) }
        default:
            let definition = resource.description
            if leavingDefinitions.contains(definition) { subjects.insert(.definition(definition)) }
        }
    }

    private static let events = GroupResource(resource: "events")

    private static func lastSeen(_ event: Value) -> Timestamp {
        event.moment("series", "lastObservedTime") ?? event.moment("lastTimestamp")
            ?? event.moment("eventTime") ?? event.metadata.creationTimestamp ?? Timestamp(seconds: 0)
    }
}
