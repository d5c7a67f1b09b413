import KubeClient
import KubeModel
import Manifest

/// What `kubectl apply` does without server-side apply, for objects with `ServerSideApply=false`: a patch of three
/// states, of which the configuration applied last stands in an annotation.
struct ClientSideApply {
    /// The annotation that holds the configuration that was applied last.
    static let annotation = "kubectl.kubernetes.io/last-applied-configuration"

    /// What is wanted, with the annotation that says so.
    let target: Value
    /// Says how lists merge; nil for custom resources, whose lists are replaced whole.
    private let schema: Schema?

    /// - Parameter object: the object as the source has it.
    init(_ object: Value) {
        var plain = object
        plain.metadata.annotations[Self.annotation] = nil
        var target = plain
        target.metadata.annotations[Self.annotation] = JSON.string(plain) + "\n"
        self.target = target
        schema = SchemaCatalog.builtin.schema(
            for: GroupVersionKind(apiVersion: object.apiVersion, kind: object.kind))
    }

    /// The patch that makes the object what is wanted, keeping what others have added.
    ///
    /// - Throws: `KubeModelError` where the object does not fit its kind.
    func patch(for live: Value) throws(KubeModelError) -> Patch {
        let content = try difference(from: live)
        return schema == nil ? .merge(content) : .strategicMerge(content)
    }

    /// What applying makes of an object, as far as it is known here; the annotation stays as it was, as it is no
    /// difference by itself.
    ///
    /// - Throws: `KubeModelError` where the object does not fit its kind.
    func predicted(from live: Value) throws(KubeModelError) -> Value {
        let patch = try difference(from: live)
        var result: Value
        if let schema {
            result = try StrategicMergePatch.apply(patch, to: live, schema: schema)
        } else {
            result = try MergePatch.apply(patch, to: live)
        }
        result.metadata.annotations[Self.annotation] = live.metadata.annotations[Self.annotation]
        return result
    }

    private func difference(from live: Value) throws(KubeModelError) -> Value {
        var original = Value.emptyObject
        if let text = live.metadata.annotations[Self.annotation], let value = try? JSON.parse(text),
            value.objectValue != nil
        {
            original = value
        }
        if let schema {
            return try StrategicMergePatch.createThreeWay(
                original: original, modified: target, current: live, schema: schema)
        }
        return try MergePatch.createThreeWay(original: original, modified: target, current: live)
    }
}
