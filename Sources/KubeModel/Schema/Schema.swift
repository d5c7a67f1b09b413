public import Manifest

/// What is known of one node of an object: its type, its fields, how lists and maps merge.
///
/// Schemas of built-in kinds come from ``SchemaCatalog/builtin``, those of custom resources are read from their
/// definition. Both serve the same readers: patches ask for merge keys, server-side apply for list and map
/// types, defaulting, pruning and validation for the rest. A schema may contain itself, as
/// `JSONSchemaProps` does; children are therefore resolved when they are asked for.
public final class Schema: Sendable {
    /// The JSON type a node must have.
    public enum JSONType: String, Sendable, Hashable {
        case object, array, string, integer, number, boolean
        /// No type is demanded: int-or-string, quantities, raw extensions, schemaless parts.
        case any
    }

    /// How server-side apply tells the items of a list apart (`x-kubernetes-list-type`).
    public enum ListType: String, Sendable, Hashable {
        /// The list is one value that a single manager owns whole.
        case atomic
        /// Scalars, each present once.
        case set
        /// Objects told apart by ``Schema/listMapKeys``.
        case map
    }

    /// Whether the fields of an object are owned one by one (`x-kubernetes-map-type`).
    public enum MapType: String, Sendable, Hashable {
        case granular, atomic
    }

    /// How a strategic merge patch treats a field (`x-kubernetes-patch-strategy`).
    public struct PatchStrategy: OptionSet, Sendable, Hashable {
        public let rawValue: UInt8

        public init(rawValue: UInt8) { self.rawValue = rawValue }

        /// Lists merge item by item, objects key by key.
        public static let merge = PatchStrategy(rawValue: 1)
        /// The patch's value takes the place of the old one.
        public static let replace = PatchStrategy(rawValue: 2)
        /// Keys that the patch's `$retainKeys` does not list are dropped.
        public static let retainKeys = PatchStrategy(rawValue: 4)
    }

    /// The JSON type that the node must have.
    public let type: JSONType
    /// The format beside the type (`int32`, `date-time`, `byte`), as the document spells it.
    ///
    /// Built-in quantities, which are read from strings and numbers, have the format `quantity`.
    public let format: String?
    /// The name of the built-in type, `io.k8s.api.core.v1.PodSpec`; nil for what a custom resource defines.
    public let definition: String?
    /// The named fields of an object, in the order of their names.
    public let properties: Properties
    /// The names of the fields that must be present, in the order of the document.
    public let required: [String]
    /// The value of the field where it is absent.
    ///
    /// For built-in types this is what Go's zero value or the type's own defaulting gives; the server's
    /// defaulting of whole objects goes beyond it.
    public let defaultValue: Value?
    /// The values that are allowed; empty where every value is.
    public let enumeration: [Value]
    /// Whether null is allowed beside the type.
    public let isNullable: Bool
    /// Whether an integer and a string are both allowed (`x-kubernetes-int-or-string`).
    public let isIntOrString: Bool
    /// Whether fields without a schema are kept (`x-kubernetes-preserve-unknown-fields`).
    public let preservesUnknownFields: Bool
    /// Whether the node is an object with its own `apiVersion`, `kind` and `metadata`.
    public let isEmbeddedResource: Bool
    /// How the items of the list are told apart; nil where the document says nothing, which means atomic.
    public let listType: ListType?
    /// The fields that together name an item of a list of type ``ListType/map``.
    public let listMapKeys: [String]
    /// Whether the object is owned whole or by field; nil where the document says nothing (granular).
    public let mapType: MapType?
    /// How a strategic merge patch treats the field.
    public let patchStrategy: PatchStrategy
    /// The field by which a strategic merge patch finds the item of a list that it changes.
    public let patchMergeKey: String?
    /// Whether a server leaves the field out where its value is `""`, `0` or `false` (built-in types alone).
    public let isLeftOutWhenZero: Bool
    /// What a custom resource demands beyond types and names; nil for built-in types.
    public let constraints: Constraints?

    private let itemsLink: Link?
    private let additionalLink: Link?

    /// The schema of a list's items.
    public var items: Schema? { itemsLink?.schema }

    /// The schema of the fields that ``properties`` does not name; nil where there may be none.
    public var additionalProperties: Schema? { additionalLink?.schema }

    /// The schema of the field `name`: the named one, else the one for additional fields.
    public func field(_ name: String) -> Schema? { properties[name] ?? additionalProperties }

    init(_ draft: Draft) {
        type = draft.type
        format = draft.format
        definition = draft.definition
        properties = draft.properties
        required = draft.required
        defaultValue = draft.defaultValue
        enumeration = draft.enumeration
        isNullable = draft.isNullable
        isIntOrString = draft.isIntOrString
        preservesUnknownFields = draft.preservesUnknownFields
        isEmbeddedResource = draft.isEmbeddedResource
        listType = draft.listType
        listMapKeys = draft.listMapKeys
        mapType = draft.mapType
        patchStrategy = draft.patchStrategy
        patchMergeKey = draft.patchMergeKey
        isLeftOutWhenZero = draft.isLeftOutWhenZero
        constraints = draft.constraints
        itemsLink = draft.items
        additionalLink = draft.additionalProperties
    }

    /// The attributes of a schema while it is being read.
    struct Draft {
        var type: JSONType = .any
        var format: String?
        var definition: String?
        var properties = Properties()
        var items: Link?
        var additionalProperties: Link?
        var required: [String] = []
        var defaultValue: Value?
        var enumeration: [Value] = []
        var isNullable = false
        var isIntOrString = false
        var preservesUnknownFields = false
        var isEmbeddedResource = false
        var listType: ListType?
        var listMapKeys: [String] = []
        var mapType: MapType?
        var patchStrategy: PatchStrategy = []
        var patchMergeKey: String?
        var isLeftOutWhenZero = false
        var constraints: Constraints?
    }

    /// The attributes of this schema, to make one that differs in a few.
    var draft: Draft {
        Draft(
            type: type, format: format, definition: definition, properties: properties, items: itemsLink,
            additionalProperties: additionalLink, required: required, defaultValue: defaultValue,
            enumeration: enumeration, isNullable: isNullable, isIntOrString: isIntOrString,
            preservesUnknownFields: preservesUnknownFields, isEmbeddedResource: isEmbeddedResource,
            listType: listType, listMapKeys: listMapKeys, mapType: mapType, patchStrategy: patchStrategy,
            patchMergeKey: patchMergeKey, isLeftOutWhenZero: isLeftOutWhenZero, constraints: constraints)
    }
}
