public import Manifest

/// An Argo CD `AppProject`: from where and to where the applications in it may deploy what.
///
/// A reader over the object's tree. Fields it does not name stay in the tree untouched.
public struct AppProject: Sendable {
    public let object: Value

    /// Reads an object of the kind.
    public init(_ object: Value) { self.object = object }

    /// The collection that holds the objects.
    public static let resource = GroupVersionResource(
        group: "argoproj.io", version: "v1alpha1", resource: "appprojects")
    /// The kind of the objects.
    public static let kind = GroupVersionKind(group: "argoproj.io", version: "v1alpha1", kind: "AppProject")

    /// A destination that is permitted or, where a part of it begins with `!`, denied.
    public struct Destination: Sendable, Hashable {
        public var server: String
        public var name: String
        public var namespace: String

        /// Describes a destination; parts are globs.
        public init(server: String = "", name: String = "", namespace: String = "") {
            self.server = server
            self.name = name
            self.namespace = namespace
        }
    }

    /// A kind in a black or white list; group and kind are globs, the name is one where it is given.
    public struct KindRule: Sendable, Hashable {
        public var group: String
        public var kind: String
        public var name: String

        /// Describes a kind.
        public init(group: String, kind: String, name: String = "") {
            self.group = group
            self.kind = kind
            self.name = name
        }
    }

    private var spec: Value { object["spec"] ?? .emptyObject }
    private func strings(_ field: String) -> [String] {
        (spec[field]?.arrayValue ?? []).compactMap(\.stringValue)
    }

    public var name: String { object.metadata.name }
    /// Globs over repository addresses; those that begin with `!` deny.
    public var sourceRepos: [String] { strings("sourceRepos") }
    /// Namespaces, beside the controller's own, whose applications may belong to the project.
    public var sourceNamespaces: [String] { strings("sourceNamespaces") }

    public var destinations: [Destination] {
        (spec["destinations"]?.arrayValue ?? []).map {
            Destination(
                server: $0["server"]?.stringValue ?? "", name: $0["name"]?.stringValue ?? "",
                namespace: $0["namespace"]?.stringValue ?? "")
        }
    }

    private func rules(_ field: String) -> [KindRule]? {
        guard let items = spec[field]?.arrayValue else { return nil }
        return items.map {
            KindRule(
                group: $0["group"]?.stringValue ?? "", kind: $0["kind"]?.stringValue ?? "",
                name: $0["name"]?.stringValue ?? "")
        }
    }

    /// Cluster-wide kinds that are permitted; without a list none is.
    public var clusterResourceWhitelist: [KindRule] { rules("clusterResourceWhitelist") ?? [] }
    public var clusterResourceBlacklist: [KindRule] { rules("clusterResourceBlacklist") ?? [] }
    /// Namespaced kinds that are permitted; nil, which permits all, where there is no list.
    public var namespaceResourceWhitelist: [KindRule]? { rules("namespaceResourceWhitelist") }
    public var namespaceResourceBlacklist: [KindRule] { rules("namespaceResourceBlacklist") ?? [] }

    /// Whether the project watches for objects that belong to no application.
    public var monitorsOrphans: Bool { spec["orphanedResources"]?.objectValue != nil }
    /// Whether an application is warned of orphans in its namespace; so it is where nothing is said.
    public var warnsOfOrphans: Bool { spec["orphanedResources", "warn"]?.boolValue ?? true }
    /// Orphans that are expected.
    public var ignoredOrphans: [KindRule] {
        (spec["orphanedResources", "ignore"]?.arrayValue ?? []).map {
            KindRule(
                group: $0["group"]?.stringValue ?? "", kind: $0["kind"]?.stringValue ?? "",
                name: $0["name"]?.stringValue ?? "")
        }
    }

    /// The fields of the spec that ask for a protection Slipway does not give, so that nobody relies on it.
    public var refusals: [String] {
        var faults: [String] = []
        if !(spec["signatureKeys"]?.arrayValue ?? []).isEmpty {
            faults.append("spec.signatureKeys: GnuPG signatures are not checked; use a SignaturePolicy")
        }
        if spec["sourceIntegrity"]?.objectValue?.isEmpty == false {
            faults.append("spec.sourceIntegrity: GnuPG signatures are not checked; use a SignaturePolicy")
        }
        if !(spec["syncWindows"]?.arrayValue ?? []).isEmpty {
            faults.append("spec.syncWindows: sync windows are not supported yet")
        }
        if !(spec["destinationServiceAccounts"]?.arrayValue ?? []).isEmpty {
            faults.append("spec.destinationServiceAccounts: impersonation is not supported yet")
        }
        return faults
    }

    /// What a server is taught of the kind.
    public static let definition = ResourceDefinition(
        resource, kind: "AppProject", shortNames: ["appproj", "appprojs"],
        spec: [
            "type": "object", "x-kubernetes-preserve-unknown-fields": true,
            "properties": [
                "description": ["type": "string"],
                "sourceRepos": ["type": "array", "items": ["type": "string"]],
                "sourceNamespaces": ["type": "array", "items": ["type": "string"]],
                "destinations": ["type": "array", "items": ResourceDefinition.anyObject],
                "clusterResourceWhitelist": kindRules, "clusterResourceBlacklist": kindRules,
                "namespaceResourceWhitelist": kindRules, "namespaceResourceBlacklist": kindRules,
                "orphanedResources": ResourceDefinition.anyObject,
            ],
        ],
        status: ResourceDefinition.anyObject,
        columns: [.init("Description", path: ".spec.description", priority: 10)])

    private static let kindRules: Value = [
        "type": "array",
        "items": [
            "type": "object", "required": ["group", "kind"],
            "properties": [
                "group": ["type": "string"], "kind": ["type": "string"], "name": ["type": "string"],
            ],
        ],
    ]
}
