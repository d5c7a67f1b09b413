public import KubeModel
import Manifest

/// A kind of our own as a Swift type, read from and written to its resource.
///
///     let release = try await client.get(Release.self, "web-1a2b3c", namespace: "shop")
///
/// Only for kinds whose fields the type knows completely: a field it does not declare is lost in ``KubeClient``'s
/// typed writes. Other people's objects stay trees.
public protocol ResourceObject: Codable, Sendable {
    static var resource: GroupVersionResource { get }
}

extension KubeClient {
    /// Gets an object as a Swift type.
    ///
    /// - Throws: `APIError`; `ManifestError` where the object does not fit the type; ``KubeClientError``.
    public func get<Kind: ResourceObject>(
        _ kind: Kind.Type, _ name: String, namespace: String?
    ) async throws -> Kind {
        try ValueDecoder().decode(kind, from: try await get(Kind.resource, name, namespace: namespace))
    }

    /// All objects of a kind as Swift values.
    ///
    /// - Throws: `APIError`; `ManifestError` where an object does not fit the type; ``KubeClientError``.
    public func list<Kind: ResourceObject>(
        _ kind: Kind.Type, namespace: String?, selection: Selection = .all
    ) async throws -> [Kind] {
        try await listAll(Kind.resource, namespace: namespace, selection: selection).map {
            try ValueDecoder().decode(kind, from: $0)
        }
    }

    /// Creates an object from a Swift value and answers it as stored.
    ///
    /// - Throws: `APIError`; `ManifestError`; ``KubeClientError``.
    @discardableResult
    public func create<Kind: ResourceObject>(
        _ object: Kind, namespace: String?, options: WriteOptions = WriteOptions()
    ) async throws -> Kind {
        let stored = try await create(
            Kind.resource, try ValueEncoder().encode(object), namespace: namespace, options: options)
        return try ValueDecoder().decode(Kind.self, from: stored)
    }

    /// Replaces an object by a Swift value and answers it as stored.
    ///
    /// - Throws: `APIError`; `ManifestError`; ``KubeClientError``.
    @discardableResult
    public func update<Kind: ResourceObject>(
        _ object: Kind, namespace: String?, subresource: String? = nil,
        options: WriteOptions = WriteOptions()
    ) async throws -> Kind {
        let stored = try await update(
            Kind.resource, try ValueEncoder().encode(object), namespace: namespace, subresource: subresource,
            options: options)
        return try ValueDecoder().decode(Kind.self, from: stored)
    }
}
