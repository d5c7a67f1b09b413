import KubeModel
import Manifest

extension TransformerConfiguration {
    /// Reads a file of configurations.
    ///
    /// - Throws: `invalidKustomization`.
    init(_ bytes: [UInt8]) throws(KustomizeError) {
        let document: Value
        do throws(ManifestError) { document = try YAML.parse(bytes).first ?? .null } catch {
            throw KustomizeError(.invalidKustomization, "error converting YAML to JSON: yaml: \(error)")
        }
        guard let object = document.objectValue ?? (document.isNull ? Object() : nil) else {
            throw KustomizeError(
                .invalidKustomization,
                "error unmarshaling JSON: while decoding JSON: json: cannot unmarshal \(document.kindDescription) "
                    + "into Go value of type builtinconfig.TransformerConfig")
        }
        var fields = StrictObject(object, type: "TransformerConfig", refusesUnknown: true, coercesText: true)
        do throws(KustomizeError) {
            namePrefix = try fields.objects("namePrefix", "FieldSpec", FieldSpec.init) ?? []
            nameSuffix = try fields.objects("nameSuffix", "FieldSpec", FieldSpec.init) ?? []
            namespace = try fields.objects("namespace", "FieldSpec", FieldSpec.init) ?? []
            commonLabels = try fields.objects("commonLabels", "FieldSpec", FieldSpec.init) ?? []
            labels = try fields.objects("labels", "FieldSpec", FieldSpec.init) ?? []
            templateLabels = try fields.objects("templateLabels", "FieldSpec", FieldSpec.init) ?? []
            commonAnnotations = try fields.objects("commonAnnotations", "FieldSpec", FieldSpec.init) ?? []
            nameReference =
                try fields.objects("nameReference", "NameBackReferences", NameReference.init) ?? []
            varReference = try fields.objects("varReference", "FieldSpec", FieldSpec.init) ?? []
            images = try fields.objects("images", "FieldSpec", FieldSpec.init) ?? []
            replicas = try fields.objects("replicas", "FieldSpec", FieldSpec.init) ?? []
            try fields.finish()
        } catch {
            throw error.within("error unmarshaling JSON: while decoding JSON")
        }
        sort()
    }
}

extension TransformerConfiguration.NameReference {
    init(_ fields: inout StrictObject) throws(KustomizeError) {
        gvk = GroupVersionKind(
            group: try fields.string("group"), version: try fields.string("version"),
            kind: try fields.string("kind"))
        referrers = try fields.objects("fieldSpecs", "FieldSpec", FieldSpec.init) ?? []
    }
}
