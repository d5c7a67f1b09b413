import KubeModel
import Manifest

/// The applications that follow from a service's `delivery.yaml`: one an environment, as the delivery's controller makes
/// them where none exists.
///
/// Names, folders and namespaces are `<service>-<environment>` and `services/<service>/overlays/<environment>` where the
/// delivery says nothing else.
enum DeliveryApplications {
    /// The kind of the manifests.
    static let kind = "Delivery"

    /// Reads a manifest of the kind.
    ///
    /// - Parameters:
    ///   - file: where it stands in the repository.
    ///   - url: the address of the repository, as applications name it.
    static func applications(of delivery: Value, file: String, url: String) -> [Application] {
        guard delivery.kind == kind, delivery.apiVersion.hasPrefix("slipway.dev/") else { return [] }
        let folder = file.split(separator: "/").dropLast().joined(separator: "/")
        let service =
            delivery.metadata.name.isEmpty
            ? String(folder.split(separator: "/").last ?? "") : delivery.metadata.name
        guard !service.isEmpty else { return [] }
        return (delivery["spec", "environments"]?.arrayValue ?? []).compactMap { environment in
            guard let name = environment["name"]?.stringValue ?? environment.stringValue, !name.isEmpty else {
                return nil
            }
            let usual = "\(service)-\(name)"
            // The file that is promoted in stands in the folder that is rendered.
            let own = environment["path"]?.stringValue?.split(separator: "/").dropLast().joined(
                separator: "/")
            let path = ([folder] + [own ?? "overlays/\(name)"]).filter { !$0.isEmpty }.joined(separator: "/")
            return Application([
                "apiVersion": "argoproj.io/v1alpha1", "kind": "Application",
                "metadata": ["name": .string(environment["application"]?.stringValue ?? usual)],
                "spec": [
                    "source": ["repoURL": .string(url), "path": .string(path)],
                    "destination": ["namespace": .string(environment["namespace"]?.stringValue ?? usual)],
                ],
            ])
        }
    }
}
