/// The full name of a resource, which is also its place in the URL space.
public struct GroupVersionResource: Sendable, Hashable {
    /// The API group; empty for the core group.
    public let group: String
    public let version: String
    /// The plural, lower-case name in the URL.
    public let resource: String

    public init(group: String = "", version: String, resource: String) {
        self.group = group
        self.version = version
        self.resource = resource
    }

    /// A resource of the group and version that an `apiVersion` field spells: `apps/v1` or `v1`.
    public init(apiVersion: String, resource: String) {
        if let slash = apiVersion.firstIndex(of: "/") {
            self.init(
                group: String(apiVersion[..<slash]),
                version: String(apiVersion[apiVersion.index(after: slash)...]), resource: resource)
        } else {
            self.init(version: apiVersion, resource: resource)
        }
    }

    /// Group and version as an object's `apiVersion` field spells them.
    public var apiVersion: String { group.isEmpty ? version : "\(group)/\(version)" }

    /// The resource without its version.
    public var groupResource: GroupResource { GroupResource(group: group, resource: resource) }

    /// Where the API server serves the group and version: `/api/v1` or `/apis/apps/v1`.
    public var pathPrefix: String { group.isEmpty ? "/api/\(version)" : "/apis/\(group)/\(version)" }
}

extension GroupVersionResource: CustomStringConvertible {
    /// The spelling of upstream's messages: `apps/v1, Resource=deployments`.
    public var description: String { "\(group)/\(version), Resource=\(resource)" }
}
