import KubeModel
import Manifest

/// Tells clients which groups, versions and resources there are: `/api`, `/apis` and what is below.
///
/// Only the classic documents are served. A client that asks for aggregated discovery gets them too, marked
/// by their media type, and falls back as it does with older servers.
struct Discovery: Sendable {
    let registry: ResourceRegistry
    /// The address clients reach the server at, for the `serverAddressByClientCIDRs` of `/api`.
    let serverAddress: String

    /// The answer to a GET of a discovery path, nil for every other path.
    func answer(path: String) -> APIResponse? {
        let parts = path.split(separator: "/").map(String.init)
        let resources = registry.current
        switch parts.count {
        case 1 where parts[0] == "api": return .json(coreVersions)
        case 1 where parts[0] == "apis": return .json(Self.groupList(resources))
        case 2 where parts[0] == "api":
            return resources.serves(group: "", version: parts[1])
                ? .json(Self.resourceList(resources, group: "", version: parts[1])) : nil
        case 2 where parts[0] == "apis":
            return resources.group(parts[1]).map { .json(Self.group($0, isListed: false)) }
        case 3 where parts[0] == "apis":
            return resources.serves(group: parts[1], version: parts[2])
                ? .json(Self.resourceList(resources, group: parts[1], version: parts[2])) : nil
        default: return nil
        }
    }

    private var coreVersions: Value {
        [
            "kind": "APIVersions", "versions": ["v1"],
            "serverAddressByClientCIDRs": [
                ["clientCIDR": "0.0.0.0/0", "serverAddress": .string(serverAddress)]
            ],
        ]
    }

    private static func groupList(_ resources: ResourceRegistry.Snapshot) -> Value {
        [
            "kind": "APIGroupList", "apiVersion": "v1",
            "groups": .array(resources.groups.filter { !$0.name.isEmpty }.map { group($0, isListed: true) }),
        ]
    }

    /// An APIGroup; in a list it does not repeat its own kind.
    private static func group(_ group: ResourceRegistry.Snapshot.Group, isListed: Bool) -> Value {
        let versions: [Value] = group.versions.map { version in
            ["groupVersion": .string("\(group.name)/\(version.name)"), "version": .string(version.name)]
        }
        var fields: Object = isListed ? [:] : ["kind": "APIGroup", "apiVersion": "v1"]
        fields["name"] = .string(group.name)
        fields["versions"] = .array(versions)
        fields["preferredVersion"] = versions.first ?? .emptyObject
        return .object(fields)
    }

    private static func resourceList(
        _ snapshot: ResourceRegistry.Snapshot, group: String, version: String
    ) -> Value {
        let served = snapshot.group(group)?.versions.first { $0.name == version }?.resources ?? []
        var document: Object = ["kind": "APIResourceList"]
        // Upstream's core document alone goes without.
        if !group.isEmpty { document["apiVersion"] = "v1" }
        document["groupVersion"] = .string(group.isEmpty ? version : "\(group)/\(version)")
        document["resources"] = .array(served.flatMap(entries))
        return .object(document)
    }

    private static func entries(of resource: ResourceDefinition) -> [Value] {
        var entry: Object = [
            "name": .string(resource.plural), "singularName": .string(resource.singular),
            "namespaced": .bool(resource.isNamespaced), "kind": .string(resource.kind.kind),
            "verbs": .array(verbs(of: resource).map(Value.string)),
        ]
        if !resource.shortNames.isEmpty {
            entry["shortNames"] = .array(resource.shortNames.map(Value.string))
        }
        if !resource.categories.isEmpty {
            entry["categories"] = .array(resource.categories.map(Value.string))
        }
        if let hash = resource.storageVersionHash { entry["storageVersionHash"] = .string(hash) }
        return [.object(entry)] + resource.subresources.map { part in subentry(part, of: resource) }
    }

    /// Upstream lists the verbs of custom resources in another order than those of its own.
    private static func verbs(of resource: ResourceDefinition) -> [String] {
        if resource.custom == nil { return resource.verbs.names }
        return ["delete", "deletecollection", "get", "list", "patch", "create", "update", "watch"]
    }

    private static func subentry(
        _ part: ResourceDefinition.Subresource, of resource: ResourceDefinition
    ) -> Value {
        var entry: Object = [
            "name": .string("\(resource.plural)/\(part.name)"), "singularName": "",
            "namespaced": .bool(resource.isNamespaced),
        ]
        if part.kind.group != resource.group {
            entry["group"] = .string(part.kind.group)
            entry["version"] = .string(part.kind.version)
        }
        entry["kind"] = .string(part.kind.kind)
        entry["verbs"] = .array(part.verbs.names.map(Value.string))
        return .object(entry)
    }
}

extension APIResponse {
    /// An answer of one JSON document.
    static func json(_ value: Value, status: Int = 200) -> APIResponse {
        APIResponse(
            status: status, headers: ["content-type": "application/json"], body: .bytes(JSON.write(value)))
    }
}
