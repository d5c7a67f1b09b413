public import Manifest

/// A kind that an API server learns from a CustomResourceDefinition: its names, schema and columns, kept beside the
/// Swift type of the kind.
public struct ResourceDefinition: Sendable {
    /// Whether objects live in a namespace.
    public enum Scope: String, Sendable {
        case namespaced = "Namespaced"
        case cluster = "Cluster"
    }

    /// A column of `kubectl get`.
    public struct Column: Sendable {
        /// The heading.
        public var name: String
        /// `string`, `integer`, `number`, `boolean` or `date`.
        public var type: String
        /// Where the cell's value stands, as in `.status.phase`.
        public var path: String
        /// 0 is shown always, more only with `-o wide`.
        public var priority: Int64

        /// Describes a column.
        public init(_ name: String, type: String = "string", path: String, priority: Int64 = 0) {
            self.name = name
            self.type = type
            self.path = path
            self.priority = priority
        }
    }

    public var resource: GroupVersionResource
    public var kind: String
    /// What one object is called on the command line; the kind in lower case where nothing else is given.
    public var singular: String
    public var shortNames: [String]
    /// Groups of kinds that list this one too, such as `all`.
    public var categories: [String]
    public var scope: Scope
    /// The structural schema of `spec` (OpenAPI v3, as in a CustomResourceDefinition).
    public var spec: Value
    /// The structural schema of `status`; nil where the kind has no status subresource.
    public var status: Value?
    public var columns: [Column]
    /// Schemas of fields that stand beside `spec` and `status`, as Argo CD's `operation` does; none for most kinds.
    public var otherFields: Object
    /// The `scale` subresource (`specReplicasPath`, `statusReplicasPath`, `labelSelectorPath`), nil for none.
    public var scale: Value?
    /// Annotations of the definition, such as the approval that groups of Kubernetes itself need.
    public var annotations: StringMap = [:]

    /// Describes a kind.
    public init(
        _ resource: GroupVersionResource, kind: String, singular: String? = nil, shortNames: [String] = [],
        categories: [String] = [], scope: Scope = .namespaced, spec: Value, status: Value? = nil,
        otherFields: Object = Object(), columns: [Column] = [], scale: Value? = nil
    ) {
        self.resource = resource
        self.kind = kind
        self.singular = singular ?? kind.lowercased()
        self.shortNames = shortNames
        self.categories = categories
        self.scope = scope
        self.spec = spec
        self.status = status
        self.otherFields = otherFields
        self.columns = columns
        self.scale = scale
    }

    /// A schema that keeps an object's every field: for parts of objects that belong to other people.
    public static let anyObject: Value = ["type": "object", "x-kubernetes-preserve-unknown-fields": true]

    /// The name of the definition object, `releases.slipway.dev`.
    public var name: String { "\(resource.resource).\(resource.group)" }

    /// The CustomResourceDefinition object (apiextensions.k8s.io/v1) that teaches a server the kind.
    public var customResourceDefinition: Value {
        var properties: Object = [
            "apiVersion": ["type": "string"], "kind": ["type": "string"], "metadata": ["type": "object"],
            "spec": spec,
        ]
        for field in otherFields { properties[field.key] = field.value }
        var subresources: Object = [:]
        if let status {
            properties["status"] = status
            subresources["status"] = [:]
        }
        if let scale { subresources["scale"] = scale }
        var version: Object = [
            "name": .string(resource.version), "served": true, "storage": true,
            "schema": ["openAPIV3Schema": ["type": "object", "properties": .object(properties)]],
        ]
        if !subresources.isEmpty { version["subresources"] = .object(subresources) }
        if !columns.isEmpty { version["additionalPrinterColumns"] = .array(columns.map(\.value)) }
        var names: Object = [
            "kind": .string(kind), "listKind": .string("\(kind)List"), "plural": .string(resource.resource),
            "singular": .string(singular),
        ]
        if !shortNames.isEmpty { names["shortNames"] = .array(shortNames.map { .string($0) }) }
        if !categories.isEmpty { names["categories"] = .array(categories.map { .string($0) }) }
        var metadata: Value = ["name": .string(name)]
        if !annotations.isEmpty { metadata["annotations"] = annotations.value }
        return [
            "apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition",
            "metadata": metadata,
            "spec": [
                "group": .string(resource.group), "names": .object(names), "scope": .string(scope.rawValue),
                "versions": [.object(version)],
            ],
        ]
    }
}

extension ResourceDefinition.Column {
    fileprivate var value: Value {
        var column: Object = ["name": .string(name), "type": .string(type), "jsonPath": .string(path)]
        if priority != 0 { column["priority"] = .integer(priority) }
        return .object(column)
    }
}
