import KubeModel

/// What a user wants to do, in the terms in which roles allow it.
struct AccessRequest: Sendable, Hashable {
    let user: User
    let target: Target

    enum Target: Sendable, Hashable {
        case resource(ResourceTarget)
        /// A path outside the resources, such as `/version`, with its HTTP method in lower case.
        case path(String, verb: String)
    }

    /// A verb on a resource. Fields are empty where they do not apply, as in upstream's reviews.
    struct ResourceTarget: Sendable, Hashable {
        /// `get`, `list`, `watch`, `create`, `update`, `patch`, `delete`, `deletecollection` or a special one.
        var verb: String
        var group: String
        var version: String
        var resource: String
        var subresource: String = ""
        /// Empty for resources of the whole cluster and for requests over all namespaces.
        var namespace: String = ""
        /// The name of the one object, empty for collections.
        var name: String = ""
    }
}

/// Decides what users may do.
protocol Authorizer: Sendable {
    /// Whether the request is allowed, and by what.
    func authorize(_ request: AccessRequest) async -> AccessDecision
}

/// The answer of an ``Authorizer``.
enum AccessDecision: Sendable, Hashable {
    /// Allowed, with the rule that says so.
    case allowed(reason: String)
    /// Not allowed by any rule. The reason is for reviews, as upstream words it; empty where nothing failed.
    case denied(reason: String)

    var isAllowed: Bool {
        if case .allowed = self { true } else { false }
    }
}

extension AccessRequest {
    /// The failure that a denied request is answered with.
    func forbidden(reason: String = "") -> APIError {
        let suffix = reason.isEmpty ? "" : ": \(reason)"
        switch target {
        case .path(let path, let verb):
            return .forbidden(
                GroupResource(resource: ""), name: "",
                "User \(GoFormat.quoted(user.name)) cannot \(verb) path \(GoFormat.quoted(path))\(suffix)")
        case .resource(let wanted):
            let resource =
                wanted.subresource.isEmpty ? wanted.resource : "\(wanted.resource)/\(wanted.subresource)"
            let scope =
                wanted.namespace.isEmpty
                ? "at the cluster scope" : "in the namespace \(GoFormat.quoted(wanted.namespace))"
            return .forbidden(
                GroupResource(group: wanted.group, resource: wanted.resource), name: wanted.name,
                "User \(GoFormat.quoted(user.name)) cannot \(wanted.verb) resource \(GoFormat.quoted(resource)) "
                    + "in API group \(GoFormat.quoted(wanted.group)) \(scope)\(suffix)")
        }
    }
}
