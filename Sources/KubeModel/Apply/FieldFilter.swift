/// Which fields a request cannot set, so that nobody comes to own them by it.
///
/// A write to the main resource resets `status`, a write to `status` resets the rest
/// (`GetResetFields` of upstream's strategies).
public struct FieldFilter: Sendable, Hashable {
    private let excluded: FieldSet

    /// A filter that leaves out fields with everything below them, given by their names from the root.
    public init(excluding paths: [[String]] = []) {
        excluded = FieldSet(paths.map { $0.map { .field($0) } })
    }

    /// Nothing is left out.
    public static let none = FieldFilter()

    func apply(to set: FieldSet) -> FieldSet { set.recursivelySubtracting(excluded) }
}

extension FieldFilter {
    /// What a request for a built-in kind resets.
    ///
    /// - Parameter subresource: empty for the object itself.
    public static func builtin(_ kind: GroupVersionKind, subresource: String = "") -> FieldFilter {
        guard subresource == "status" else {
            return subresource.isEmpty && !withoutStatus.contains(kind.kind)
                ? FieldFilter(excluding: [["status"]]) : .none
        }
        switch kind.kind {
        case "Deployment": return FieldFilter(excluding: [["spec"], ["metadata", "labels"]])
        case "Pod":
            return FieldFilter(
                excluding: [["spec"], ["metadata", "deletionTimestamp"], ["metadata", "ownerReferences"]])
        case "APIService", "FlowSchema", "PriorityLevelConfiguration":
            return FieldFilter(excluding: [["spec"], ["metadata"]])
        default: return FieldFilter(excluding: [["spec"]])
        }
    }

    /// What a request for a custom resource whose version has a `status` subresource resets.
    public static func customResource(hasStatus: Bool, subresource: String = "") -> FieldFilter {
        if subresource == "status" { return FieldFilter(excluding: [["metadata"], ["spec"]]) }
        return subresource.isEmpty && hasStatus ? FieldFilter(excluding: [["status"]]) : .none
    }

    /// Built-in kinds that have no `status` or whose strategy does not reset it.
    private static let withoutStatus: Set<String> = [
        "ConfigMap", "Secret", "ServiceAccount", "Endpoints", "EndpointSlice", "Event", "LimitRange",
        "PodTemplate", "ControllerRevision", "Role", "RoleBinding", "ClusterRole", "ClusterRoleBinding",
        "StorageClass", "PriorityClass", "Lease", "RuntimeClass", "IngressClass", "NetworkPolicy",
    ]
}
