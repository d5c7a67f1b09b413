import KubeModel
import Manifest

/// What the ends of objects are decided by: an object without its contents.
struct ObjectNode: Sendable, Hashable {
    /// Where the object is kept.
    let resource: GroupResource
    let namespace: String
    let name: String
    let uid: String
    let resourceVersion: String
    let owners: [OwnerReference]
    let finalizers: [String]
    let isDeleting: Bool

    init(
        resource: GroupResource, namespace: String, name: String, uid: String, resourceVersion: String = "",
        owners: [OwnerReference] = [], finalizers: [String] = [], isDeleting: Bool = false
    ) {
        self.resource = resource
        self.namespace = namespace
        self.name = name
        self.uid = uid
        self.resourceVersion = resourceVersion
        self.owners = owners
        self.finalizers = finalizers
        self.isDeleting = isDeleting
    }

    init(_ object: Value, resource: GroupResource) {
        let metadata = object.metadata
        self.init(
            resource: resource, namespace: metadata.namespace, name: metadata.name, uid: metadata.uid,
            resourceVersion: metadata.resourceVersion, owners: metadata.ownerReferences,
            finalizers: metadata.finalizers, isDeleting: metadata.isDeleting)
    }

    /// Whether the object waits for those it owns before it goes.
    var awaitsDependents: Bool { isDeleting && finalizers.contains(Finalizer.foregroundDeletion) }
    /// Whether the object, before it goes, sets free those it owns.
    var orphansDependents: Bool { isDeleting && finalizers.contains(Finalizer.orphan) }
}

/// The finalizers that the server itself serves.
enum Finalizer {
    static let foregroundDeletion = "foregroundDeletion"
    static let orphan = "orphan"
    /// On a namespace's spec: its contents are not yet gone.
    static let namespace = "kubernetes"
    /// On a definition: its objects are not yet gone.
    static let customResources = "customresourcecleanup.apiextensions.k8s.io"
}
