public import Manifest

/// The full name of a kind: `apps/v1, Kind=Deployment`.
public struct GroupVersionKind: Sendable, Hashable {
    /// The API group; empty for the core group.
    public let group: String
    /// The version within the group: `v1`, `v1beta1`.
    public let version: String
    /// The kind in upper camel case: `Deployment`.
    public let kind: String

    /// The name of its parts; the core group is empty.
    public init(group: String, version: String, kind: String) {
        self.group = group
        self.version = version
        self.kind = kind
    }

    /// The name as an object's `apiVersion` and `kind` fields spell it: `apps/v1` or, for the core group, `v1`.
    public init(apiVersion: String, kind: String) {
        if let slash = apiVersion.firstIndex(of: "/") {
            group = String(apiVersion[..<slash])
            version = String(apiVersion[apiVersion.index(after: slash)...])
        } else {
            group = ""
            version = apiVersion
        }
        self.kind = kind
    }

    /// The name an object bears, or nil where its `apiVersion` or `kind` is missing or no string.
    public init?(_ object: Value) {
        guard let apiVersion = object["apiVersion"]?.stringValue, let kind = object["kind"]?.stringValue
        else {
            return nil
        }
        self.init(apiVersion: apiVersion, kind: kind)
    }

    /// Group and version as an object's `apiVersion` field spells them.
    public var apiVersion: String { group.isEmpty ? version : "\(group)/\(version)" }
}

extension GroupVersionKind: CustomStringConvertible {
    /// The spelling of upstream's messages: `apps/v1, Kind=Deployment`; the core group gives `/v1, Kind=Pod`.
    public var description: String { "\(group)/\(version), Kind=\(kind)" }
}
