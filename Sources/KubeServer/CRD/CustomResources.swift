import KubeModel
import Manifest

extension ResourceDefinition {
    /// The resources that a definition brings, one for each version it serves; none before it is established.
    static func custom(_ definition: Value) -> [ResourceDefinition] {
        guard Conditions(definition.items("status", "conditions")).isTrue("Established") else { return [] }
        let names = definition["status", "acceptedNames"] ?? .emptyObject
        let group = definition.text("spec", "group")
        let versions = definition.items("spec", "versions")
        let storageVersion = versions.first { $0.flag("storage") }?.text("name") ?? ""
        let stored = GroupVersionKind(group: group, version: storageVersion, kind: names.text("kind"))
        return versions.filter { $0.flag("served") }.map { version in
            let kind = GroupVersionKind(group: group, version: version.text("name"), kind: stored.kind)
            let custom = CustomVersion(version, kind: kind)
            return ResourceDefinition(
                kind: kind, plural: names.text("plural"), singular: names.text("singular"),
                listKind: names.text("listKind", absent: stored.kind + "List"),
                shortNames: names.texts("shortNames"), categories: names.texts("categories"),
                isNamespaced: definition.text("spec", "scope") == "Namespaced", verbs: .all,
                subresources: subresources(of: custom, kind: kind),
                storage: Storage(
                    resource: GroupResource(group: group, resource: names.text("plural")), kind: stored),
                storageVersionHash: StorageVersionHash.hash(of: stored), custom: custom)
        }
    }

    private static func subresources(of custom: CustomVersion, kind: GroupVersionKind) -> [Subresource] {
        var parts: [Subresource] = []
        if custom.hasStatus { parts.append(Subresource(name: "status", kind: kind, verbs: .view)) }
        if custom.scale != nil {
            let scale = GroupVersionKind(group: "autoscaling", version: "v1", kind: "Scale")
            parts.append(Subresource(name: "scale", kind: scale, verbs: .view))
        }
        return parts
    }
}

extension CustomVersion {
    /// Reads an entry of a definition's `spec.versions`.
    init(_ version: Value, kind: GroupVersionKind) {
        let scale = version["subresources", "scale"]
        let isDeprecated = version.flag("deprecated")
        let warning = version.text(
            "deprecationWarning", absent: "\(kind.apiVersion) \(kind.kind) is deprecated")
        self.init(
            schema: Schema.customResource(version["schema", "openAPIV3Schema"] ?? .emptyObject),
            hasStatus: version["subresources", "status"]?.objectValue != nil,
            scale: scale.map { scale in
                Scale(
                    specReplicasPath: scale.text("specReplicasPath"),
                    statusReplicasPath: scale.text("statusReplicasPath"),
                    labelSelectorPath: scale["labelSelectorPath"]?.stringValue)
            },
            columns: version.items("additionalPrinterColumns").map { column in
                PrinterColumn(
                    name: column.text("name"), type: column.text("type"), format: column.text("format"),
                    description: column.text("description"), priority: Int(column.number("priority")),
                    jsonPath: column.text("jsonPath"))
            },
            selectableFields: version.items("selectableFields").map { $0.text("jsonPath") },
            immutableFields: ImmutableField.all(in: version["schema", "openAPIV3Schema"] ?? .emptyObject),
            deprecationWarning: isDeprecated ? warning : nil)
    }
}
