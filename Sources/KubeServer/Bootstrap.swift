import KubeModel
import Manifest

/// The objects that every cluster has: the first namespaces, the default roles.
///
/// They are created at each start where they are missing, so that what an administrator changed stays.
struct Bootstrap: Sendable {
    let server: APIServer

    /// Creates what is missing.
    ///
    /// - Throws: ``ServerError`` where an object cannot be created.
    func run() async throws {
        let namespaces = NamespaceLifecycle.initial.map { name -> Value in
            ["kind": "Namespace", "apiVersion": "v1", "metadata": ["name": .string(name)]]
        }
        let missing = (namespaces + DefaultRoles.objects).compactMap(creation)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for request in missing { group.addTask { try await create(request) } }
            try await group.waitForAll()
        }
    }

    /// The request that creates an object, nil where it is there.
    private func creation(of object: Value) -> APIRequest? {
        let kind = GroupVersionKind(apiVersion: object.apiVersion, kind: object.kind)
        guard let resource = server.registry.current.resource(for: kind) else { return nil }
        let key = ObjectKey(
            resource: resource.storage.resource.description, namespace: object.metadata.namespace,
            name: object.metadata.name)
        guard server.store.object(key) == nil else { return nil }
        let place = GroupVersionResource(
            group: resource.group, version: resource.version, resource: resource.plural)
        return APIRequest(.post, "\(place.pathPrefix)/\(resource.plural)", body: JSON.write(object))
    }

    private func create(_ request: APIRequest) async throws {
        let response = await server.handle(request, as: .server)
        guard response.status == 201 || response.status == 409 else {
            throw ServerError(
                .storage,
                "cannot create the initial objects: POST \(request.path) was answered with \(response.status)"
            )
        }
    }
}
