public import KubeModel
public import Manifest

extension KubeClient {
    /// Creates an object or, with a subresource such as `eviction` or `token`, asks for that of the named one.
    ///
    /// - Parameters:
    ///   - object: with `metadata.name` or `metadata.generateName`.
    ///   - name: only for a subresource, whose object it names.
    /// - Returns: the object as the server stored it.
    /// - Throws: `APIError`, as `alreadyExists` or `invalid`; ``KubeClientError``.
    @discardableResult
    public func create(
        _ resource: GroupVersionResource, _ object: Value, namespace: String?, name: String? = nil,
        subresource: String? = nil, options: WriteOptions = WriteOptions()
    ) async throws -> Value {
        let path = ResourcePath(resource, namespace: namespace, name: name, subresource: subresource)
        return try await value(Call(.post, path, query: options.parameters, body: JSON.write(object)))
    }

    /// Replaces an object by what is given, or its `status` or `scale`.
    ///
    /// - Parameter object: with `metadata.name`, and `metadata.resourceVersion` where no change of others may be
    ///   overwritten.
    /// - Throws: `APIError`, as `conflict` where the object was changed since it was read; ``KubeClientError``.
    @discardableResult
    public func update(
        _ resource: GroupVersionResource, _ object: Value, namespace: String?, subresource: String? = nil,
        options: WriteOptions = WriteOptions()
    ) async throws -> Value {
        let path = ResourcePath(
            resource, namespace: namespace, name: object.metadata.name, subresource: subresource)
        return try await value(Call(.put, path, query: options.parameters, body: JSON.write(object)))
    }

    /// Changes parts of an object.
    ///
    /// - Throws: `APIError`, as `notFound` or `invalid`; ``KubeClientError``.
    @discardableResult
    public func patch(
        _ resource: GroupVersionResource, _ name: String, namespace: String?, _ patch: Patch,
        subresource: String? = nil, options: WriteOptions = WriteOptions()
    ) async throws -> Value {
        let path = ResourcePath(resource, namespace: namespace, name: name, subresource: subresource)
        let call = Call(
            .patch, path, query: options.parameters, body: JSON.write(patch.content),
            contentType: patch.mediaType)
        return try await value(call)
    }

    /// Makes the server's object agree with what is given, and owns those fields from then on.
    ///
    /// The object is created where it does not exist. Fields that were applied before and are not given now are
    /// removed. Repeated after a lost connection, as applying twice does what applying once does.
    /// - Parameters:
    ///   - object: the fields the manager wants, with `apiVersion`, `kind` and `metadata.name`.
    ///   - fieldManager: who owns the fields.
    ///   - force: whether fields that others own are taken from them; otherwise that is a conflict.
    /// - Throws: `APIError`, as `conflict` with a cause a field; ``KubeClientError``.
    @discardableResult
    public func apply(
        _ resource: GroupVersionResource, _ object: Value, namespace: String?, fieldManager: String,
        force: Bool = false, subresource: String? = nil, options: WriteOptions = WriteOptions()
    ) async throws -> Value {
        var options = options
        options.fieldManager = fieldManager
        let path = ResourcePath(
            resource, namespace: namespace, name: object.metadata.name, subresource: subresource)
        let call = Call(
            .patch, path,
            query: options.parameters + [.init("force", force ? "true" : "false")],
            body: JSON.write(object), contentType: "application/apply-patch+yaml", isRepeatable: true)
        return try await value(call)
    }

    /// Deletes an object, or begins to: finalizers can keep it for a while.
    ///
    /// - Returns: the object as it stands while it is being deleted, or a `Status` where it is gone.
    /// - Throws: `APIError`, as `notFound`, or `conflict` where a precondition fails; ``KubeClientError``.
    @discardableResult
    public func delete(
        _ resource: GroupVersionResource, _ name: String, namespace: String?,
        options: DeleteOptions = DeleteOptions()
    ) async throws -> Value {
        let path = ResourcePath(resource, namespace: namespace, name: name)
        return try await value(Call(.delete, path, body: options.body, isRepeatable: options.isDryRun))
    }

    /// Deletes the objects of a collection that are selected.
    ///
    /// - Throws: `APIError`; ``KubeClientError``.
    @discardableResult
    public func deleteCollection(
        _ resource: GroupVersionResource, namespace: String?, selection: Selection,
        options: DeleteOptions = DeleteOptions()
    ) async throws -> Value {
        let path = ResourcePath(resource, namespace: namespace)
        let call = Call(
            .delete, path, query: selection.parameters, body: options.body, isRepeatable: options.isDryRun)
        return try await value(call)
    }
}
