/// What a strategic merge patch must know of a type: how each of its fields merges.
///
/// ``Schema`` answers it for built-in and custom resources; other sources of merge keys conform beside it.
public protocol PatchSchema: Sendable {
    /// The name of the type in messages: `PodSpec`.
    var patchTypeName: String { get }

    /// How a field merges; nil where the type has no such field.
    func patchField(_ name: String) -> PatchField?
}

/// How one field merges.
public struct PatchField: Sendable {
    /// The type of the field's value or, of a list, of its items.
    public let schema: any PatchSchema
    /// Whether a list merges item by item.
    public let mergesLists: Bool
    /// Whether the patch's value takes the place of the old one.
    public let replaces: Bool
    /// Whether patches say which keys of the value remain.
    public let retainsKeys: Bool
    /// The field that tells the items of a list of objects apart; empty for lists of scalars.
    public let mergeKey: String

    public init(
        schema: any PatchSchema, mergesLists: Bool = false, replaces: Bool = false, retainsKeys: Bool = false,
        mergeKey: String = ""
    ) {
        self.schema = schema
        self.mergesLists = mergesLists
        self.replaces = replaces
        self.retainsKeys = retainsKeys
        self.mergeKey = mergeKey
    }
}

extension PatchSchema {
    /// The rules of a field.
    ///
    /// - Throws: `failedPatch` where the type has no such field.
    func field(_ name: String) throws(KubeModelError) -> PatchField {
        guard let field = patchField(name) else {
            throw PatchFault.unknownField(name, in: patchTypeName)
        }
        return field
    }
}

extension Schema: PatchSchema {
    /// The last part of the definition's name.
    public var patchTypeName: String {
        definition.map { name in name.split(separator: ".").last.map(String.init) ?? name } ?? type.rawValue
    }

    /// How a field merges. An open type, which names no fields, has every field and replaces its lists.
    public func patchField(_ name: String) -> PatchField? {
        guard let field = field(name) else {
            return properties.isEmpty || preservesUnknownFields ? PatchField(schema: OpenPatchSchema()) : nil
        }
        return PatchField(
            schema: field.items ?? field, mergesLists: field.patchStrategy.contains(.merge),
            replaces: field.patchStrategy.contains(.replace),
            retainsKeys: field.patchStrategy.contains(.retainKeys), mergeKey: field.patchMergeKey ?? "")
    }
}

/// A type of which nothing is known: objects merge key by key, lists are replaced.
public struct OpenPatchSchema: PatchSchema {
    public var patchTypeName: String { "object" }

    public init() {}

    public func patchField(_ name: String) -> PatchField? { PatchField(schema: self) }
}
