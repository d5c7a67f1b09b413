import KubeClient
import KubeModel
import Manifest

/// Makes pods from the templates of their controllers.
enum PodTemplateInstance {
    /// A pod that an owner with a `spec.template` controls; the server completes its name.
    static func pod(of owner: Value) -> Value {
        let template = owner["spec"]?["template"] ?? .emptyObject
        var metadata = ObjectMetadata(Object())
        metadata.generateName = prefix(for: owner.metadata.name)
        metadata.namespace = owner.metadata.namespace
        metadata.labels = template.metadata.labels
        metadata.annotations = template.metadata.annotations
        metadata.finalizers = template.metadata.finalizers
        metadata.ownerReferences = [OwnerReference(controller: owner)]
        return [
            "apiVersion": "v1", "kind": "Pod", "metadata": .object(metadata.fields),
            "spec": template["spec"] ?? .emptyObject,
        ]
    }

    /// `name-`, or the name alone where that leaves no room for what the server appends.
    static func prefix(for name: String) -> String {
        NameSyntax.dns1123Subdomain("\(name)-x").isEmpty ? "\(name)-" : name
    }
}

extension APIError {
    /// Whether nothing can be created because the namespace is going.
    var isEndingNamespace: Bool {
        status.details?.causes.contains { $0.reason == "NamespaceTerminating" } ?? false
    }
}
