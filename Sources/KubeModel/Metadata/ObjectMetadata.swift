public import Manifest

/// The `metadata` of an object, read and written field by field.
///
/// As in Go, a text that is missing and an empty one mean the same: the getters answer `""`, and setting `""`
/// removes the field. A field that is added takes the place Kubernetes prints it at. Fields that are not
/// named here, `managedFields` among them, are reached through ``fields``.
public struct ObjectMetadata: Sendable, Hashable {
    /// The fields as they stand in the object.
    public var fields: Object

    /// The metadata that a `metadata` object holds.
    public init(_ fields: Object) { self.fields = fields }

    /// The order in which Kubernetes prints the fields.
    private static let order = [
        "name", "generateName", "namespace", "selfLink", "uid", "resourceVersion", "generation",
        "creationTimestamp", "deletionTimestamp", "deletionGracePeriodSeconds", "labels", "annotations",
        "ownerReferences", "finalizers", "managedFields",
    ]

    private subscript(field: String) -> Value? {
        get { fields[field] }
        set {
            guard let newValue, !fields.contains(key: field), let rank = Self.order.firstIndex(of: field)
            else {
                fields[field] = newValue
                return
            }
            let later = Self.order[(rank + 1)...]
            let place = fields.firstIndex { later.contains($0.key) } ?? fields.endIndex
            fields.insert(key: field, value: newValue, at: place)
        }
    }

    private func text(_ field: String) -> String { fields[field]?.stringValue ?? "" }

    /// Sets a field or, where its value is the one Go leaves out, removes it.
    private mutating func set(_ field: String, _ value: Value, isEmpty: Bool) {
        if isEmpty { fields[field] = nil } else { self[field] = value }
    }

    private mutating func setText(_ text: String, _ field: String) {
        set(field, .string(text), isEmpty: text.isEmpty)
    }

    private func moment(_ field: String) -> Timestamp? {
        fields[field]?.stringValue.flatMap(Timestamp.init(rfc3339:))
    }

    public var name: String {
        get { text("name") }
        set { setText(newValue, "name") }
    }

    /// The prefix from which the server makes a unique ``name`` where none is given.
    public var generateName: String {
        get { text("generateName") }
        set { setText(newValue, "generateName") }
    }

    /// The namespace; empty for objects of the whole cluster.
    public var namespace: String {
        get { text("namespace") }
        set { setText(newValue, "namespace") }
    }

    /// What tells the object from all others that ever bore its name.
    public var uid: String {
        get { text("uid") }
        set { setText(newValue, "uid") }
    }

    /// The state of the store in which the object was last written; compare for equality only.
    public var resourceVersion: String {
        get { text("resourceVersion") }
        set { setText(newValue, "resourceVersion") }
    }

    /// How often what the user wants was changed, from 1; 0 where the kind does not count.
    public var generation: Int64 {
        get { fields["generation"]?.integerValue ?? 0 }
        set { set("generation", .integer(newValue), isEmpty: newValue == 0) }
    }

    public var creationTimestamp: Timestamp? {
        get { moment("creationTimestamp") }
        set { self["creationTimestamp"] = newValue.map { .string($0.rfc3339) } }
    }

    /// When the object goes, or went into the state of waiting for its finalizers; nil for a living object.
    public var deletionTimestamp: Timestamp? {
        get { moment("deletionTimestamp") }
        set { self["deletionTimestamp"] = newValue.map { .string($0.rfc3339) } }
    }

    /// How long the object may take to end by itself once it is being deleted.
    public var deletionGracePeriodSeconds: Int64? {
        get { fields["deletionGracePeriodSeconds"]?.integerValue }
        set { self["deletionGracePeriodSeconds"] = newValue.map(Value.integer) }
    }

    /// The labels; removing the last one removes the field.
    public var labels: StringMap {
        get { StringMap(fields["labels"]?.objectValue ?? Object()) }
        set { set("labels", newValue.value, isEmpty: newValue.isEmpty) }
    }

    /// The annotations; removing the last one removes the field.
    public var annotations: StringMap {
        get { StringMap(fields["annotations"]?.objectValue ?? Object()) }
        set { set("annotations", newValue.value, isEmpty: newValue.isEmpty) }
    }

    /// Who must agree before a deleted object goes; removing the last one removes the field.
    public var finalizers: [String] {
        get { fields["finalizers"]?.arrayValue?.compactMap(\.stringValue) ?? [] }
        set { set("finalizers", .array(newValue.map(Value.string)), isEmpty: newValue.isEmpty) }
    }

    /// The objects whose end ends this one too; removing the last one removes the field.
    ///
    /// Entries without `uid` are left out when reading, as nothing can be owned by them.
    public var ownerReferences: [OwnerReference] {
        get { fields["ownerReferences"]?.arrayValue?.compactMap(OwnerReference.init) ?? [] }
        set { set("ownerReferences", .array(newValue.map(\.value)), isEmpty: newValue.isEmpty) }
    }

    /// The owner that manages the object; at most one reference says so.
    public var controller: OwnerReference? { ownerReferences.first(where: \.isController) }

    /// Whether the object is being deleted.
    public var isDeleting: Bool {
        if let value = fields["deletionTimestamp"] { !value.isNull } else { false }
    }
}
