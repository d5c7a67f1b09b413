public import Manifest

/// A change to parts of an object, in one of the forms API servers take.
public struct Patch: Sendable, Hashable {
    let content: Value
    let mediaType: String

    /// A list of operations (RFC 6902).
    public static func json(_ operations: [Value]) -> Patch {
        Patch(content: .array(operations), mediaType: "application/json-patch+json")
    }

    /// The fields to set, with `null` for those to remove (RFC 7396). Lists are replaced whole.
    public static func merge(_ fields: Value) -> Patch {
        Patch(content: fields, mediaType: "application/merge-patch+json")
    }

    /// As ``merge(_:)``, but lists of built-in kinds are merged by their keys and `$patch` directives count.
    public static func strategicMerge(_ fields: Value) -> Patch {
        Patch(content: fields, mediaType: "application/strategic-merge-patch+json")
    }
}
