import KubeClient
import KubeModel
import Manifest

extension KubeClient {
    /// Replaces an object's status unless the object was changed since it was read.
    ///
    /// - Parameter annotations: annotations to set with it, for kinds whose status writes take them along.
    /// - Returns: the object as stored.
    /// - Throws: `APIError` with a conflict where the object was changed; that change comes back as an event.
    @discardableResult
    func writeStatus(
        _ status: Value, of object: Value, _ resource: GroupVersionResource, annotations: StringMap = [:]
    ) async throws -> Value {
        let metadata = object.metadata
        var identity: Object = [
            "uid": .string(metadata.uid), "resourceVersion": .string(metadata.resourceVersion),
        ]
        if !annotations.isEmpty { identity["annotations"] = annotations.value }
        let change: Value = [
            "metadata": .object(identity),
            "status": MergeDifference.between(object["status"] ?? .emptyObject, and: status),
        ]
        return try await patch(
            resource, metadata.name, namespace: metadata.namespace.isEmpty ? nil : metadata.namespace,
            .merge(change), subresource: "status")
    }
}

/// What turns one object into another as a JSON merge patch (RFC 7396).
enum MergeDifference {
    static func between(_ old: Value, and new: Value) -> Value {
        guard let before = old.objectValue, let after = new.objectValue else { return new }
        var difference = Object()
        for pair in after {
            guard let known = before[pair.key] else {
                difference[pair.key] = pair.value
                continue
            }
            if known != pair.value { difference[pair.key] = between(known, and: pair.value) }
        }
        for pair in before where after[pair.key] == nil { difference[pair.key] = .null }
        return .object(difference)
    }
}

/// A reconciler that works on a key again at once where another writer was faster, without calling it a failure.
struct ConflictTolerant<Work: Reconciler>: Reconciler {
    let work: Work

    init(_ work: Work) {
        self.work = work
    }

    func reconcile(_ key: Work.Key) async throws -> ReconcileResult {
        do {
            return try await work.reconcile(key)
        } catch let error as APIError where error.isConflict {
            return .requeue(after: .milliseconds(5))
        }
    }
}
