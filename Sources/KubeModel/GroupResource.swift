/// A resource without a version, as messages and RBAC name it: `deployments.apps`.
public struct GroupResource: Sendable, Hashable {
    /// The API group; empty for the core group.
    public let group: String
    /// The plural, lower-case name in the URL.
    public let resource: String

    public init(group: String = "", resource: String) {
        self.group = group
        self.resource = resource
    }

    /// The name as command lines spell it, `deployments.apps`: what follows the first dot is the group.
    public init(parsing text: String) {
        guard let dot = text.firstIndex(of: ".") else {
            self.init(resource: text)
            return
        }
        self.init(group: String(text[text.index(after: dot)...]), resource: String(text[..<dot]))
    }

    /// Whether it names nothing, as in errors that belong to no resource.
    public var isEmpty: Bool { group.isEmpty && resource.isEmpty }

    /// The resource in one version of its group.
    public func withVersion(_ version: String) -> GroupVersionResource {
        GroupVersionResource(group: group, version: version, resource: resource)
    }
}

extension GroupResource: CustomStringConvertible {
    /// `deployments.apps`; the core group is left out.
    public var description: String { group.isEmpty ? resource : "\(resource).\(group)" }
}
