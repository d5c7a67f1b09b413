import KubeClient
import KubeModel
import Manifest

/// Which objects a controller owns, by its selector and their controller references (upstream:
/// `ControllerRefManager`).
///
/// Objects that the selector matches and nobody controls are adopted, those of ours that it matches no longer are
/// released.
struct Claim: Sendable {
    let owner: Value
    let selector: LabelSelector

    /// What is to be done with an object.
    enum Verdict: Sendable, Hashable {
        case keep, adopt, release, ignore
    }

    /// Judges an object.
    func verdict(on object: Value) -> Verdict {
        let metadata = object.metadata
        if let controller = metadata.controller {
            guard controller.uid == owner.metadata.uid else { return .ignore }
            if selector.matches(metadata.labels) { return .keep }
            // What an owner that goes leaves behind is the garbage collector's business.
            return owner.metadata.isDeleting ? .ignore : .release
        }
        guard !owner.metadata.isDeleting, !metadata.isDeleting, selector.matches(metadata.labels) else {
            return .ignore
        }
        return .adopt
    }

    /// The owner's objects among the candidates, after adoption and release.
    ///
    /// - Parameter resource: the candidates' resource.
    /// - Parameter ownerResource: where the owner is read anew before anything is adopted, since a cache may show an
    ///   owner that is being deleted.
    func objects(
        among candidates: [Value], _ resource: GroupVersionResource, ownerResource: GroupVersionResource,
        client: KubeClient
    ) async throws -> [Value] {
        var owned: [Value] = []
        var mayAdopt: Bool?
        for candidate in candidates {
            switch verdict(on: candidate) {
            case .ignore: continue
            case .keep: owned.append(candidate)
            case .release: try await release(candidate, resource, client)
            case .adopt:
                if mayAdopt == nil { mayAdopt = try await ownerStands(ownerResource, client) }
                guard mayAdopt == true else { continue }
                if let adopted = try await adopt(candidate, resource, client) { owned.append(adopted) }
            }
        }
        return owned
    }

    private func ownerStands(_ resource: GroupVersionResource, _ client: KubeClient) async throws -> Bool {
        let key = ObjectKey(owner)
        do {
            let fresh = try await client.get(resource, key.name, namespace: key.namespace)
            return fresh.metadata.uid == owner.metadata.uid && !fresh.metadata.isDeleting
        } catch let error as APIError where error.isNotFound {
            return false
        }
    }

    private func adopt(
        _ object: Value, _ resource: GroupVersionResource, _ client: KubeClient
    ) async throws -> Value? {
        let references =
            object.metadata.ownerReferences.map(\.value) + [OwnerReference(controller: owner).value]
        return try await patch(object, references, resource, client)
    }

    private func release(
        _ object: Value, _ resource: GroupVersionResource, _ client: KubeClient
    ) async throws {
        let references = object.metadata.ownerReferences.filter { $0.uid != owner.metadata.uid }.map(\.value)
        _ = try await patch(object, references, resource, client)
    }

    /// Replaces the owner references; nil where the object is gone or was changed, which comes back as an event.
    private func patch(
        _ object: Value, _ references: [Value], _ resource: GroupVersionResource, _ client: KubeClient
    ) async throws -> Value? {
        let metadata = object.metadata
        let change: Value = [
            "metadata": [
                "uid": .string(metadata.uid), "resourceVersion": .string(metadata.resourceVersion),
                "ownerReferences": .array(references),
            ]
        ]
        do {
            return try await client.patch(
                resource, metadata.name, namespace: metadata.namespace, .merge(change))
        } catch let error as APIError where error.isNotFound || error.isConflict {
            return nil
        }
    }
}
