import KubeModel
import Manifest

/// Which objects of a resource a list, watch or deletion of a collection is about.
struct ObjectSelection: Sendable {
    /// Empty for all namespaces.
    let namespace: String
    private let labels: LabelSelector
    private let fields: FieldSelector

    /// - Throws: `badRequest` where a selector is malformed or names a field that cannot be selected by.
    init(
        resource: ResourceDefinition, namespace: String, labelSelector: String, fieldSelector: String
    ) throws(APIError) {
        self.namespace = namespace
        do throws(KubeModelError) {
            labels = labelSelector.isEmpty ? .everything : try LabelSelector(parsing: labelSelector)
            fields =
                fieldSelector.isEmpty
                ? .everything
                : try Self.selectableFields(of: resource).resolve(FieldSelector(parsing: fieldSelector))
        } catch {
            throw .badRequest(error.message)
        }
    }

    private static func selectableFields(of resource: ResourceDefinition) -> SelectableFields {
        guard let custom = resource.custom else { return .builtin(resource.kind) }
        let paths = custom.selectableFields.map { $0.hasPrefix(".") ? String($0.dropFirst()) : $0 }
        return .custom(isNamespaced: resource.isNamespaced, selectable: paths)
    }

    /// Whether every object of the namespace is selected.
    var selectsAll: Bool { labels.isEmpty && fields.isEmpty }

    /// The one name that the selection demands, nil where it demands none.
    var name: String? { fields.exactValue(of: "metadata.name") }

    /// What the paths of the selected objects start with.
    var pathPrefix: String { namespace.isEmpty ? "" : namespace + "/" }

    /// Whether an object of the right namespace is selected.
    func matches(_ object: StoredObject) -> Bool {
        if !labels.isEmpty, !labels.matches(Self.labels(of: object)) { return false }
        if fields.isEmpty { return true }
        var parsed: Value?
        return fields.matches { field in
            switch field {
            case "metadata.name": return object.name
            case "metadata.namespace": return object.namespace ?? ""
            default:
                let value = parsed ?? object.value ?? .null
                parsed = value
                return SelectableFields.text(of: field, in: value)
            }
        }
    }

    private static func labels(of object: StoredObject) -> StringMap {
        guard let bytes = object.labelBytes,
            let labels = try? bytes.withUnsafeBytes({ try JSON.parse($0) }).objectValue
        else { return StringMap(Object()) }
        return StringMap(labels)
    }
}
