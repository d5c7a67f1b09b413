import KubeModel
import Manifest

/// Removes all objects of a custom resource before its definition goes.
enum DefinitionDeletion {
    /// What has to be done about a definition now.
    enum Step: Sendable, Hashable {
        /// Objects are left: have them deleted and say so.
        case deleteInstances
        /// Nothing is left: let the definition go.
        case finish
    }

    /// The next step for a definition, nil for one that is not being deleted or is held back by others.
    static func step(for definition: Value, hasInstances: Bool) -> Step? {
        guard definition.metadata.isDeleting,
            definition.metadata.finalizers.contains(Finalizer.customResources)
        else { return nil }
        return hasInstances ? .deleteInstances : .finish
    }

    /// The condition that tells users how far the deletion is.
    static func condition(for step: Step) -> Condition {
        switch step {
        case .deleteInstances:
            Condition(
                type: "Terminating", status: .isTrue, reason: "InstanceDeletionInProgress",
                message: "CustomResource deletion is in progress")
        case .finish:
            Condition(
                type: "Terminating", status: .isFalse, reason: "InstanceDeletionCompleted",
                message: "removed all instances")
        }
    }
}
