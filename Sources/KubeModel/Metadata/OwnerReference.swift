public import Manifest

/// An entry of `metadata.ownerReferences`: an object with whose end this one is collected.
public struct OwnerReference: Sendable, Hashable {
    public var apiVersion: String
    public var kind: String
    public var name: String
    public var uid: String
    /// Whether the owner manages the object, which at most one does.
    public var isController: Bool
    /// Whether deleting the owner in the foreground waits for this object.
    public var blocksOwnerDeletion: Bool

    public init(
        apiVersion: String, kind: String, name: String, uid: String, isController: Bool = false,
        blocksOwnerDeletion: Bool = false
    ) {
        self.apiVersion = apiVersion
        self.kind = kind
        self.name = name
        self.uid = uid
        self.isController = isController
        self.blocksOwnerDeletion = blocksOwnerDeletion
    }

    /// The reference by which `owner` is named as the controller of what it makes.
    public init(controller owner: Value) {
        self.init(
            apiVersion: owner.apiVersion, kind: owner.kind, name: owner.metadata.name,
            uid: owner.metadata.uid, isController: true, blocksOwnerDeletion: true)
    }

    /// Reads an entry; nil where it has no `uid`.
    public init?(_ value: Value) {
        guard let uid = value["uid"]?.stringValue, !uid.isEmpty else { return nil }
        self.init(
            apiVersion: value.apiVersion, kind: value.kind, name: value["name"]?.stringValue ?? "", uid: uid,
            isController: value["controller"]?.boolValue ?? false,
            blocksOwnerDeletion: value["blockOwnerDeletion"]?.boolValue ?? false)
    }

    /// The entry as it stands in an object; flags that are not set are left out.
    public var value: Value {
        var fields: Object = [
            "apiVersion": .string(apiVersion), "kind": .string(kind), "name": .string(name),
            "uid": .string(uid),
        ]
        if isController { fields["controller"] = true }
        if blocksOwnerDeletion { fields["blockOwnerDeletion"] = true }
        return .object(fields)
    }
}
