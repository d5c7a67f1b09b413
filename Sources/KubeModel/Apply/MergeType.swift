import Manifest

/// How one node of an object merges, as server-side apply reads it from a schema.
///
/// A node without a JSON type may be a scalar, a list or an object; which one is decided by the value that is
/// met (``form(of:)``).
enum MergeType: Sendable {
    /// What a schema says. `isOpen` carries upstream's rule that below a schema that keeps unknown fields, every
    /// object may have fields without a schema.
    case schema(Schema, isOpen: Bool)
    /// No schema: objects merge field by field, lists are atomic.
    case deduced
    /// Whatever it is, it is owned whole.
    case untyped

    init(_ schema: Schema, isOpen: Bool = false) {
        if schema.definition == "io.k8s.apimachinery.pkg.runtime.RawExtension" {
            self = .untyped
        } else {
            self = .schema(schema, isOpen: isOpen || schema.preservesUnknownFields)
        }
    }

    /// The type of whole objects: by their schema, or deduced where the kind has none.
    init(root schema: Schema?) { self = schema.map { MergeType($0) } ?? .deduced }

    /// What a node is once its value has been seen.
    enum Form {
        case scalar(Scalar)
        case list(ListForm)
        case map(MapForm)

        /// Whether both are of the same kind, which decides if two sides can be walked as one.
        func isSameKind(as other: Form) -> Bool {
            switch (self, other) {
            case (.scalar, .scalar), (.list, .list), (.map, .map): true
            default: false
            }
        }
    }

    /// The scalars a node may hold.
    enum Scalar { case numeric, string, boolean, untyped }

    /// How a list merges.
    struct ListForm {
        /// Whether the list is owned whole. Otherwise it is a set or, with keys, a list of keyed objects.
        let isAtomic: Bool
        let keys: [String]
        let element: MergeType
    }

    /// How an object merges.
    struct MapForm {
        let isAtomic: Bool
        private let type: MergeType

        fileprivate init(_ type: MergeType, isAtomic: Bool) {
            self.type = type
            self.isAtomic = isAtomic
        }

        /// The type of a named field, nil for names the schema does not name.
        func namedField(_ name: String) -> MergeType? {
            guard case .schema(let schema, let isOpen) = type else { return nil }
            if schema.isEmbeddedResource, let field = Self.resourceField(name) { return field }
            return schema.properties[name].map { MergeType($0, isOpen: isOpen) }
        }

        /// The type of a field that the schema does not name, nil where there may be none.
        var otherFields: MergeType? {
            guard case .schema(let schema, let isOpen) = type else { return type }
            if let additional = schema.additionalProperties { return MergeType(additional, isOpen: isOpen) }
            return isOpen || (schema.properties.isEmpty && !schema.isEmbeddedResource) ? .deduced : nil
        }

        /// The type of a field, nil where the schema has no room for it.
        func field(_ name: String) -> MergeType? { namedField(name) ?? otherFields }

        /// Whether upstream leaves sets below this node alone when a schema changes: no named fields, and scalars
        /// of any type or nothing known of the others.
        var isUnstructured: Bool {
            switch type {
            case .deduced: true
            case .untyped: false
            case .schema(let schema, _):
                schema.properties.isEmpty && !schema.isEmbeddedResource
                    && (otherFields?.isUnstructured ?? false)
            }
        }

        /// The fields that every resource has, whatever its schema says of them.
        private static func resourceField(_ name: String) -> MergeType? {
            switch name {
            case "apiVersion", "kind": .schema(text, isOpen: false)
            case "metadata": objectMeta.map { MergeType($0) }
            default: nil
            }
        }

        private static let text = Schema(Schema.Draft(type: .string))
        private static let objectMeta = SchemaCatalog.builtin.schema(
            named: "io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta")
    }

    private var isUnstructured: Bool {
        switch self {
        case .deduced: true
        case .untyped: false
        case .schema(let schema, _):
            schema.definition == nil
                && (schema.type == .any || (schema.type == .string && !schema.isPlainText))
        }
    }

    /// What the node is with a value: the value's own kind where the type allows it, else the type's first kind.
    func form(of value: Value?) -> Form {
        switch self {
        case .deduced, .untyped:
            return anyForm(of: value, list: ListForm(isAtomic: true, keys: [], element: .untyped))
        case .schema(let schema, let isOpen):
            switch schema.type {
            case .object: return .map(MapForm(self, isAtomic: schema.mapType == .atomic))
            case .array: return .list(Self.listForm(schema, isOpen: isOpen))
            case .boolean: return .scalar(.boolean)
            case .integer, .number: return .scalar(.numeric)
            case .string:
                return .scalar(schema.isPlainText ? .string : .untyped)
            case .any:
                if schema.format == "quantity" { return .scalar(.untyped) }
                return anyForm(of: value, list: Self.listForm(schema, isOpen: isOpen))
            }
        }
    }

    private func anyForm(of value: Value?, list: ListForm) -> Form {
        switch value {
        case nil, .null?, .object?: .map(anyMap)
        case .array?: .list(list)
        case .bool?, .integer?, .double?, .string?: .scalar(.untyped)
        }
    }

    private var anyMap: MapForm {
        switch self {
        case .deduced: MapForm(self, isAtomic: false)
        case .untyped: MapForm(self, isAtomic: true)
        case .schema(let schema, _): MapForm(self, isAtomic: schema.mapType == .atomic)
        }
    }

    /// How the node merges as an object, nil where it can be none.
    var mapForm: MapForm? {
        if case .map(let map) = form(of: .emptyObject) { map } else { nil }
    }

    /// How the node merges as a list, nil where it can be none.
    var listForm: ListForm? {
        if case .list(let list) = form(of: .array([])) { list } else { nil }
    }

    private static func listForm(_ schema: Schema, isOpen: Bool) -> ListForm {
        let element = schema.items.map { MergeType($0, isOpen: isOpen) } ?? .untyped
        switch schema.listType {
        case .atomic: return ListForm(isAtomic: true, keys: [], element: element)
        case .set: return ListForm(isAtomic: false, keys: [], element: element)
        case .map: return ListForm(isAtomic: false, keys: schema.listMapKeys, element: element)
        case nil:
            // Without a list type, the strategy of older patches decides.
            let merges = schema.patchStrategy.contains(.merge)
            let key = schema.patchMergeKey
            return ListForm(isAtomic: !merges, keys: merges ? key.map { [$0] } ?? [] : [], element: element)
        }
    }
}

extension Schema {
    /// Whether a text of this schema must be a string; those with formats may come as anything scalar.
    fileprivate var isPlainText: Bool { format == nil || format == "byte" }
}

extension MergeType.ListForm {
    /// The step that names an item.
    ///
    /// - Throws: ``TypedFault`` where the item has no name: a keyed item that is no object or lacks every key,
    ///   an item of a set that is no scalar.
    func element(of item: Value) throws(TypedFault) -> PathElement {
        if keys.isEmpty {
            switch item {
            case .object:
                throw TypedFault("associative list without keys has an element that's a map type")
            case .array: throw TypedFault("not supported: associative list with lists as elements")
            case .null:
                throw TypedFault("associative list without keys has an element that's an explicit null")
            default: return .value(item)
            }
        }
        if item.isNull { throw TypedFault("associative list with keys may not have a null element") }
        guard let object = item.objectValue else {
            throw TypedFault("associative list with keys may not have non-map elements")
        }
        var fields: [PathElement.KeyField] = []
        for key in keys {
            if let value = object[key] ?? defaultValue(ofKey: key) {
                fields.append(.init(name: key, value: value))
            }
        }
        if fields.isEmpty {
            let names = keys.map { GoFormat.quoted($0) }.joined(separator: " ")
            throw TypedFault(
                "associative list with keys has an element that omits all key fields [\(names)]"
                    + " (and doesn't have default values for any key fields)")
        }
        return .sortedKey(fields)
    }

    private func defaultValue(ofKey key: String) -> Value? {
        guard case .schema(let schema, _) = element else { return nil }
        return schema.properties[key]?.defaultValue
    }
}
