import KubeModel
import Manifest

// How the parts around the REST core read the store: whole objects, parsed.

extension Store {
    /// The objects of a resource, in one namespace or in all, in the order of their names.
    func values(of resource: GroupResource, namespace: String = "") -> [Value] {
        let prefix = namespace.isEmpty ? "" : "\(namespace)/"
        return snapshot(of: resource.description).objects.compactMap { object in
            object.path.hasPrefix(prefix) ? object.value : nil
        }
    }

    /// One object, nil where there is none.
    func value(of resource: GroupResource, namespace: String = "", name: String) -> Value? {
        object(ObjectKey(resource: resource.description, namespace: namespace, name: name))?.value
    }
}

extension StoredObject {
    /// The object parsed. What is stored was written by this server, so it is always well-formed.
    var value: Value? { try? JSON.parse(bytes) }
}
