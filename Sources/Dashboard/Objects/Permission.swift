import KubeClient
import KubeModel
import Manifest

/// Something that the API lets people do or not.
///
/// What the dashboard reads beside the API, files of this machine, it reads for those alone who hold the permission that
/// others who serve the same files ask for.
struct Permission: Sendable, Hashable {
    var verb: String
    var group: String
    var resource: String
    var subresource = ""
    /// Nil for all namespaces.
    var namespace: String?
    /// Nil for all objects.
    var name: String?

    /// To read the logs of a run, as the routes below `/ci/` ask for it.
    static func readLogs(of run: String, in namespace: String) -> Permission {
        Permission(
            verb: "get", group: "slipway.dev", resource: "pipelineruns", subresource: "log",
            namespace: namespace, name: run)
    }

    /// To read what is in a repository, as the forge asks for it.
    static func readRepository(_ name: String, in namespace: String) -> Permission {
        Permission(
            verb: "get", group: "slipway.dev", resource: "repositories", namespace: namespace, name: name)
    }

    /// Asks the API whether the user of a client holds it.
    ///
    /// - Throws: `APIError`, `KubeClientError`.
    func isHeld(by client: KubeClient) async throws -> Bool {
        var attributes: Object = [
            "verb": .string(verb), "group": .string(group), "resource": .string(resource),
        ]
        if !subresource.isEmpty { attributes["subresource"] = .string(subresource) }
        if let namespace { attributes["namespace"] = .string(namespace) }
        if let name { attributes["name"] = .string(name) }
        let answer = try await client.create(
            GroupVersionResource(
                group: "authorization.k8s.io", version: "v1", resource: "selfsubjectaccessreviews"),
            [
                "apiVersion": "authorization.k8s.io/v1", "kind": "SelfSubjectAccessReview",
                "spec": ["resourceAttributes": .object(attributes)],
            ], namespace: nil)
        return answer["status", "allowed"]?.boolValue == true
    }

    /// - Throws: `APIError` with code 403 where the user of a client does not hold it.
    func require(of client: KubeClient, user: String) async throws {
        guard try await !isHeld(by: client) else { return }
        let path = subresource.isEmpty ? resource : "\(resource)/\(subresource)"
        throw APIError.forbidden(
            GroupResource(group: group, resource: path), name: name ?? "",
            "User \"\(user)\" cannot \(verb) resource \"\(path)\" in API group \"\(group)\" in the namespace "
                + "\"\(namespace ?? "")\"")
    }
}
