import KubeModel
import Manifest

/// How the server's own controllers write: as any client does, through the API.
struct LifecycleRequests: Sendable {
    /// Sends a request as the server's own user.
    let send: @Sendable (APIRequest) async -> APIResponse
    let registry: ResourceRegistry

    /// Whether a request did what it had to, or something else happened first that leads to a new decision.
    ///
    /// What is not there, and what has changed since the decision, will be decided anew when the change is seen.
    private func perform(_ request: APIRequest) async -> Bool {
        let response = await send(request)
        return (200..<300).contains(response.status) || [404, 409, 410, 422].contains(response.status)
    }

    /// Where an object is found; nil where its resource is no longer served.
    func path(of resource: GroupResource, namespace: String, name: String) -> String? {
        let definition = registry.current.stored.first { $0.storage.resource == resource }
        guard let definition else { return nil }
        let prefix =
            GroupVersionResource(
                group: definition.group, version: definition.version, resource: definition.plural
            )
            .pathPrefix
        let scope = definition.isNamespaced ? "/namespaces/\(namespace)" : ""
        return "\(prefix)\(scope)/\(definition.plural)" + (name.isEmpty ? "" : "/\(name.percentEncoded)")
    }

    /// Deletes an object, if it is still the one that was decided about.
    func delete(_ node: ObjectNode, _ propagation: GarbageCollection.Propagation, isExact: Bool) async -> Bool
    {
        guard let path = path(of: node.resource, namespace: node.namespace, name: node.name) else {
            return true
        }
        var preconditions: Object = ["uid": .string(node.uid)]
        if isExact { preconditions["resourceVersion"] = .string(node.resourceVersion) }
        let options: Value = [
            "kind": "DeleteOptions", "apiVersion": "v1", "propagationPolicy": .string(propagation.rawValue),
            "preconditions": .object(preconditions),
        ]
        return await perform(
            APIRequest(
                .delete, path, headers: ["content-type": "application/json"], body: JSON.write(options)))
    }

    /// Changes an object's metadata, if it is still as it was decided about.
    func patchMetadata(_ node: ObjectNode, _ fields: Object) async -> Bool {
        var metadata = fields
        metadata["uid"] = .string(node.uid)
        metadata["resourceVersion"] = .string(node.resourceVersion)
        return await patch(
            node.resource, namespace: node.namespace, name: node.name, ["metadata": .object(metadata)])
    }

    /// Applies a JSON merge patch to an object or to a part of it.
    func patch(
        _ resource: GroupResource, namespace: String, name: String, subresource: String = "", _ body: Value
    ) async -> Bool {
        guard let path = path(of: resource, namespace: namespace, name: name) else { return true }
        return await perform(
            APIRequest(
                .patch, subresource.isEmpty ? path : "\(path)/\(subresource)", query: [Self.manager],
                headers: ["content-type": "application/merge-patch+json"], body: JSON.write(body)))
    }

    func create(_ resource: GroupResource, namespace: String, _ object: Value) async -> Bool {
        guard let path = path(of: resource, namespace: namespace, name: "") else { return true }
        return await perform(
            APIRequest(
                .post, path, query: [Self.manager], headers: ["content-type": "application/json"],
                body: JSON.write(object)))
    }

    /// Replaces a part of an object.
    func replace(
        _ resource: GroupResource, namespace: String, name: String, subresource: String, _ object: Value
    ) async -> Bool {
        guard let path = path(of: resource, namespace: namespace, name: name) else { return true }
        return await perform(
            APIRequest(
                .put, "\(path)/\(subresource)", query: [Self.manager],
                headers: ["content-type": "application/json"], body: JSON.write(object)))
    }

    private static let manager = APIRequest.Parameter("fieldManager", "slipway-lifecycle")
}

extension String {
    /// The text as one element of a path.
    fileprivate var percentEncoded: String {
        var text = ""
        for byte in utf8 {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."),
                UInt8(ascii: "_"), UInt8(ascii: "~"):
                text.unicodeScalars.append(Unicode.Scalar(byte))
            default:
                let digits = String(byte, radix: 16, uppercase: true)
                text += "%" + (digits.count == 1 ? "0" : "") + digits
            }
        }
        return text
    }
}
