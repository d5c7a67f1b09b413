public import KubeModel
public import Manifest

extension KubeClient {
    /// Gets an object or, with a subresource such as `status` or `scale`, that part of it.
    ///
    /// - Parameters:
    ///   - namespace: the object's namespace; nil for cluster-wide resources.
    ///   - freshness: `.newest`, or `.any` to read from the server's cache.
    /// - Throws: `APIError`, as `notFound`; ``KubeClientError``.
    public func get(
        _ resource: GroupVersionResource, _ name: String, namespace: String?, subresource: String? = nil,
        freshness: Freshness = .newest
    ) async throws -> Value {
        let path = ResourcePath(resource, namespace: namespace, name: name, subresource: subresource)
        return try await value(Call(.get, path, query: freshness.parameters))
    }

    /// Lists a collection, or the first page of it.
    ///
    /// - Parameters:
    ///   - namespace: nil for cluster-wide resources and for the objects of all namespaces.
    ///   - limit: the largest page; nil for the whole collection.
    ///   - continuation: the ``ObjectList/continueToken`` of the page before.
    ///   - form: whether whole objects or only their metadata are wanted.
    /// - Throws: `APIError`, with `isExpired` where the continuation is too old; ``KubeClientError``.
    public func list(
        _ resource: GroupVersionResource, namespace: String?, selection: Selection = .all,
        freshness: Freshness = .newest, limit: Int? = nil, continuation: String? = nil,
        form: ObjectForm = .whole
    ) async throws -> ObjectList {
        var query = selection.parameters
        // A continuation carries its state of the store itself.
        if let continuation {
            query.append(.init("continue", continuation))
        } else {
            query += freshness.parameters
        }
        if let limit { query.append(.init("limit", String(limit))) }
        var call = Call(.get, ResourcePath(resource, namespace: namespace), query: query)
        call.request.headers["accept"] = form.listMediaType
        return try ObjectList(try await value(call))
    }

    /// Gets what a path that belongs to no resource answers, such as `/version`.
    ///
    /// - Throws: `APIError`; ``KubeClientError``.
    public func get(path: String) async throws -> Value {
        try await value(Call(.get, path, isRepeatable: true))
    }
}

/// How much of an object a server sends.
public enum ObjectForm: Sendable, Hashable {
    case whole
    /// `apiVersion`, `kind` and `metadata` only. A server that cannot do that sends whole objects.
    case metadata

    var listMediaType: String {
        switch self {
        case .whole: "application/json"
        case .metadata:
            "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1,application/json"
        }
    }

    var objectMediaType: String {
        switch self {
        case .whole: "application/json"
        case .metadata: "application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1,application/json"
        }
    }
}
