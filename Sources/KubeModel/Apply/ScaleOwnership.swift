public import Manifest

/// Ownership as the scale subresource shows it, and what a write to that leaves behind in its parent.
///
/// A `Scale` has its own field for the number of replicas. Who owns the parent's field owns that one, and the
/// other way round.
public struct ScaleOwnership: Sendable {
    /// The version of the parent in which entries are written, `apps/v1`.
    public let apiVersion: String
    private let path: [PathElement]
    private static let scaleVersion = "autoscaling/v1"
    private static let scalePath: [PathElement] = [.field("spec"), .field("replicas")]

    /// - Parameters:
    ///   - apiVersion: the parent's version.
    ///   - replicasPath: where the parent has the number: `.spec.replicas`.
    public init(apiVersion: String, replicasPath: String = ".spec.replicas") {
        self.apiVersion = apiVersion
        path = replicasPath.split(separator: ".").map { .field(String($0)) }
    }

    /// The entries of the `Scale` that a parent is seen as.
    public func entries(ofParent managed: ManagedFields) -> ManagedFields {
        var result = ManagedFields()
        for (owner, ownership) in managed.entries
        where ownership.apiVersion == apiVersion && ownership.fields.contains(path) {
            result.entries[owner] = ManagedFields.Ownership(
                fields: FieldSet([Self.scalePath]), apiVersion: Self.scaleVersion, time: ownership.time)
        }
        return result
    }

    /// The entries of the parent after its `Scale` was written.
    ///
    /// - Parameter scale: the entries of the written `Scale`. Who is missing there has lost the field.
    public func entries(ofParent managed: ManagedFields, afterWriting scale: ManagedFields) -> ManagedFields {
        var result = ManagedFields()
        var scaled = Set(
            scale.entries.filter { $0.value.fields.contains(Self.scalePath) }.keys.map { owner in
                ManagedFields.Owner(
                    manager: owner.manager, operation: owner.operation, apiVersion: apiVersion,
                    subresource: owner.subresource)
            })
        for (owner, ownership) in managed.entries where ownership.apiVersion == apiVersion {
            var kept = ownership
            if ownership.fields.contains(path), scaled.remove(owner) == nil {
                kept.fields = kept.fields.subtracting(FieldSet([path]))
            }
            if !kept.fields.isEmpty { result.entries[owner] = kept }
        }
        for owner in scaled {
            // Upstream keeps no time for fields that come by way of the scale.
            var ownership =
                result.entries[owner]
                ?? ManagedFields.Ownership(fields: FieldSet(), apiVersion: apiVersion, time: nil)
            ownership.fields.insert(path)
            result.entries[owner] = ownership
        }
        return result
    }
}

extension ManagedFields {
    /// An object with these entries in the place of its own.
    public func replacing(in object: Value) -> Value {
        var object = object
        write(to: &object)
        return object
    }
}
