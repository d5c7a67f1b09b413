import KubeModel

/// A place in an API server: a collection, an object of it, or a subresource of an object.
struct ResourcePath: Sendable, Hashable {
    let resource: GroupVersionResource
    /// The namespace; nil for cluster-wide resources and for requests over all namespaces.
    let namespace: String?
    let name: String?
    let subresource: String?

    init(
        _ resource: GroupVersionResource, namespace: String?, name: String? = nil, subresource: String? = nil
    ) {
        self.resource = resource
        self.namespace = namespace
        self.name = name
        self.subresource = subresource
    }

    /// The path of the URL, percent-encoded.
    var text: String {
        var path = resource.pathPrefix
        if let namespace { path += "/namespaces/" + PercentEncoding.encode(namespace) }
        path += "/" + PercentEncoding.encode(resource.resource)
        if let name { path += "/" + PercentEncoding.encode(name) }
        if let subresource { path += "/" + subresource }
        return path
    }
}
