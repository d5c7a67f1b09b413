import KubeModel
import Manifest

/// Empties a namespace that is being deleted, and lets it go once it is empty.
enum NamespaceDeletion {
    static let resource = GroupResource(resource: "namespaces")

    /// What has to be done about a namespace now.
    struct Plan: Sendable, Hashable {
        /// The objects to delete; those that are being deleted already wait for their finalizers.
        var deletions: [ObjectNode] = []
        /// Whether nothing is left and the namespace may go.
        var isFinished = false
        /// What users are told about the progress, in the order of the conditions.
        var conditions: [Condition] = []
    }

    /// The plan for a namespace; nil for one that is not being deleted or that the server does not hold back.
    ///
    /// - Parameter contents: all objects in it.
    static func plan(for namespace: Value, contents: [ObjectNode]) -> Plan? {
        guard namespace.metadata.isDeleting,
            namespace.texts("spec", "finalizers").contains(Finalizer.namespace)
        else { return nil }
        return Plan(
            deletions: contents.filter { !$0.isDeleting }, isFinished: contents.isEmpty,
            conditions: conditions(contents))
    }

    private static func conditions(_ contents: [ObjectNode]) -> [Condition] {
        let resources = counts(contents.map(\.resource.description))
        let finalizers = counts(contents.flatMap { Array(Set($0.finalizers)) })
        return [
            Condition(
                type: "NamespaceDeletionDiscoveryFailure", status: .isFalse, reason: "ResourcesDiscovered",
                message: "All resources successfully discovered"),
            Condition(
                type: "NamespaceDeletionGroupVersionParsingFailure", status: .isFalse,
                reason: "ParsedGroupVersions", message: "All legacy kube types successfully parsed"),
            Condition(
                type: "NamespaceDeletionContentFailure", status: .isFalse, reason: "ContentDeleted",
                message: "All content successfully deleted, may be waiting on finalization"),
            resources.isEmpty
                ? Condition(
                    type: "NamespaceContentRemaining", status: .isFalse, reason: "ContentRemoved",
                    message: "All content successfully removed")
                : Condition(
                    type: "NamespaceContentRemaining", status: .isTrue, reason: "SomeResourcesRemain",
                    message: "Some resources are remaining: "
                        + resources.map { "\($0.name) has \($0.count) resource instances" }
                        .joined(separator: ", ")),
            finalizers.isEmpty
                ? Condition(
                    type: "NamespaceFinalizersRemaining", status: .isFalse, reason: "ContentHasNoFinalizers",
                    message: "All content-preserving finalizers finished")
                : Condition(
                    type: "NamespaceFinalizersRemaining", status: .isTrue, reason: "SomeFinalizersRemain",
                    message: "Some content in the namespace has finalizers remaining: "
                        + finalizers.map { "\($0.name) in \($0.count) resource instances" }
                        .joined(separator: ", ")),
        ]
    }

    private static func counts(_ names: [String]) -> [(name: String, count: Int)] {
        Dictionary(grouping: names, by: { $0 }).map { ($0.key, $0.value.count) }.sorted { $0.name < $1.name }
    }
}
