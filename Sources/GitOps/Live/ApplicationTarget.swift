import KubeClient
import KubeModel
import Manifest

/// An object as an application wants it: in its namespace, with its mark.
struct ApplicationTarget: Sendable {
    let rendered: RenderedObject
    let key: ResourceKey
    /// Where the objects of the kind live; nil where the cluster does not serve the kind yet.
    let mapping: RESTMapping?
    /// The value of the tracking annotation; nil for definitions, which several applications may bring along.
    let mark: TrackingID?
    /// Changes with anything that is applied.
    let fingerprint: Fingerprint

    var kind: GroupVersionKind { rendered.kind }
    var annotations: ResourceAnnotations { rendered.annotations }

    init(
        _ rendered: RenderedObject, mapping: RESTMapping?, isNamespaced: Bool, application: String,
        namespace: String
    ) {
        self.rendered = rendered
        self.mapping = mapping
        var key = rendered.key
        if !isNamespaced {
            key.namespace = ""
        } else if key.namespace.isEmpty {
            key.namespace = namespace
        }
        self.key = key
        var marked = key
        // As Argo CD marks them: with the destination's namespace, whatever the scope.
        if marked.namespace.isEmpty { marked.namespace = namespace }
        mark =
            key.kind == "CustomResourceDefinition" ? nil : TrackingID(application: application, key: marked)
        fingerprint = Fingerprint(of: Self.value(rendered, key: key, mark: mark))
    }

    /// The object as it is applied.
    var value: Value { Self.value(rendered, key: key, mark: mark) }

    private static func value(_ rendered: RenderedObject, key: ResourceKey, mark: TrackingID?) -> Value {
        var object = rendered.value
        object["status"] = nil
        object.metadata.namespace = key.namespace
        object.metadata.fields["creationTimestamp"] = nil
        object.metadata.fields["managedFields"] = nil
        // An empty map of annotations is no map.
        if object["metadata", "annotations"]?.isNull == true {
            object.set(nil, at: ["metadata", "annotations"])
        }
        if let mark { object.metadata.annotations[TrackingID.annotation] = mark.description }
        Self.encodePlainSecret(&object)
        return object
    }

    /// Moves a secret's `stringData` into `data`: server-side apply would keep what is later removed from it. What is no
    /// string stays, so that the server refuses it, as in Argo CD.
    private static func encodePlainSecret(_ object: inout Value) {
        guard object.kind == "Secret", object.apiVersion == "v1",
            let plain = object["stringData"]?.objectValue
        else {
            return
        }
        for pair in plain {
            if let text = pair.value.stringValue {
                object["data", default: .emptyObject][pair.key] = .string(Base64.encode(Array(text.utf8)))
            } else {
                object["data", default: .emptyObject][pair.key] = pair.value
            }
        }
        object["stringData"] = nil
    }
}
