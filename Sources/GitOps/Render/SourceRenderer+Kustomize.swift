import Manifest

extension SourceRenderer {
    /// Builds a kustomization with the overrides of an application.
    public static let kustomize: Kustomizer = { _, path, _ in
        throw GitOpsError(.unsupported, "/\(path) is a kustomization, which this build does not render")
    }
}
