import KubeModel
import Manifest

/// Keeps objects out of namespaces that do not exist or are going, and the first namespaces from going.
struct NamespaceLifecycle: AdmissionPlugin {
    let store: Store

    var name: String { "NamespaceLifecycle" }

    /// The namespaces that a new cluster has.
    static let initial = ["default", "kube-node-lease", "kube-public", "kube-system"]
    private static let immortal: Set<String> = ["default", "kube-public", "kube-system"]

    func validate(_ request: AdmissionRequest) async throws(APIError) {
        let resource = request.resource.groupResource
        guard resource == NamespaceDeletion.resource, request.operation == .delete,
            Self.immortal.contains(request.name)
        else { return }
        throw .forbidden(resource, name: request.name, "this namespace may not be deleted")
    }

    /// Refuses new objects before they are validated, as upstream does.
    func mutate(_ request: inout AdmissionRequest) async throws(APIError) {
        let resource = request.resource.groupResource
        // Deleting and changing what is left is how a namespace is emptied.
        guard request.operation == .create, !request.namespace.isEmpty else { return }
        guard let namespace = store.value(of: NamespaceDeletion.resource, name: request.namespace) else {
            throw .notFound(NamespaceDeletion.resource, name: request.namespace)
        }
        guard namespace.metadata.isDeleting || namespace.text("status", "phase") == "Terminating" else {
            return
        }
        var error = APIError.forbidden(
            resource, name: request.name,
            "unable to create new content in namespace \(request.namespace) because it is being terminated")
        error.status.details?.causes.append(
            APIStatus.Cause(
                reason: "NamespaceTerminating", message: "namespace \(request.namespace) is being terminated",
                field: "metadata.namespace"))
        throw error
    }
}
