public import Manifest

extension FieldManager {
    /// What a manager has applied, as an object that it can change and apply again.
    ///
    /// It holds the fields the manager owns, with the object's `apiVersion`, `kind`, name and namespace. The
    /// result is nil where the manager has applied nothing.
    ///
    /// - Throws: ``KubeModelError`` with code `invalidManagedFields` where the object's entries are malformed.
    public func ownedFields(of object: Value, manager: String) throws(KubeModelError) -> Value? {
        let managed = current(try ManagedFields(of: object))
        guard let ownership = managed.entries[owner(manager, .apply)] else { return nil }
        var bare = object
        bare.set(nil, at: ["metadata", "managedFields"])
        let owned = TypedValue(bare, type).extracting(ownership.fields).value
        var result: Value = ["apiVersion": .string(kind.apiVersion), "kind": .string(kind.kind)]
        for name in ["name", "namespace"] {
            if let value = object["metadata"]?[name] {
                result["metadata", default: .emptyObject][name] = value
            }
        }
        for pair in owned.objectValue ?? Object() {
            if pair.key == "metadata", let metadata = pair.value.objectValue {
                for field in metadata { result["metadata", default: .emptyObject][field.key] = field.value }
            } else {
                result[pair.key] = pair.value
            }
        }
        return result
    }
}
