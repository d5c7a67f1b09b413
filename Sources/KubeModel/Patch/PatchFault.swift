import Manifest

/// The messages of patches, in upstream's words, and how an API server answers each.
enum PatchFault {
    /// A document, or a part of it, is of another JSON type than the patch format asks for.
    static func notDecodable(_ value: Value, as type: String, field: String? = nil) -> KubeModelError {
        let kind =
            switch value {
            case .null: "null"
            case .bool: "bool"
            case .integer, .double: "number"
            case .string: "string"
            case .array: "array"
            case .object: "object"
            }
        let target = field.map { "Go struct field \($0) of type \(type)" } ?? "Go value of type \(type)"
        return KubeModelError(
            .malformedPatch, "error decoding patch: json: cannot unmarshal \(kind) into \(target)")
    }

    static let listsOfLists = KubeModelError(.inapplicablePatch, "lists of lists are not supported")
    static let badPrimitiveList = KubeModelError(.malformedPatch, "invalid patch format of primitive list")
    static let badRetainKeys = KubeModelError(.malformedPatch, "invalid patch format of retainKeys")
    static let badElementOrder = KubeModelError(
        .malformedPatch, "invalid patch format of setElementOrder list")
    static let emptyLists = KubeModelError(.failedPatch, "no elements in any of the given slices")
    static let mergedLists = KubeModelError(
        .failedPatch, "merging lists cannot yet be specified in the patch")
    static let noMergeKey = KubeModelError(
        .failedPatch, "cannot merge lists without merge key for struct")
    static let badDirective = KubeModelError(.failedPatch, "invalid value for special key: $patch")

    static func missingMergeKey(_ key: String, in item: Object) -> KubeModelError {
        KubeModelError(
            .failedPatch,
            "map: \(GoFormat.description(of: item)) does not contain declared merge key: \(key)")
    }

    static func unexpectedType(_ value: Value, expected: GoType) -> KubeModelError {
        KubeModelError(
            .failedPatch, "expected a \(expected.rawValue), but received a \(GoType(value).rawValue)")
    }

    static func unknownDirective(_ directive: Value, in patch: Object) -> KubeModelError {
        KubeModelError(
            .failedPatch,
            "unknown patch type: \(GoFormat.description(of: directive)) in map: "
                + GoFormat.description(of: patch))
    }

    static func differentItemTypes(_ lists: [[Value]]) -> KubeModelError {
        let text = lists.map { GoFormat.description(of: .array($0)) }.joined(separator: " ")
        return KubeModelError(.failedPatch, "list element types are not identical: [\(text)]")
    }

    static func unorderedItems(_ items: [Value], order: [Value]) -> KubeModelError {
        KubeModelError(
            .failedPatch,
            "The order in patch list:\n\(GoFormat.description(of: .array(items)))\n doesn't match "
                + "$setElementOrder list:\n\(GoFormat.description(of: .array(order)))\n")
    }

    static func unequalRetainKeys(_ left: Value, _ right: Value) -> KubeModelError {
        KubeModelError(
            .failedPatch,
            "\(GoFormat.description(of: left)) and \(GoFormat.description(of: right)) are not deep equal: "
                + "this may happen when calculating the 3-way diff patch")
    }

    static func unknownField(_ field: String, in type: String) -> KubeModelError {
        KubeModelError(
            .failedPatch,
            "unable to find api field in struct \(type) for the json field \(GoFormat.quoted(field))")
    }

    static func conflict(patch: Value, changes: Value) -> KubeModelError {
        KubeModelError(
            .conflictingPatch,
            "patch:\n\(text(patch))\nconflicts with changes made from original to current:\n\(text(changes))\n"
        )
    }

    private static func text(_ value: Value) -> String {
        YAML.string(value, options: YAML.WriteOptions(keyOrder: .sorted))
    }
}

/// The types Go decodes documents into, by which upstream tells items of a list apart.
enum GoType: String {
    case none = "%!s(<nil>)"
    case bool = "bool"
    case integer = "int64"
    case double = "float64"
    case string = "string"
    case list = "[]interface {}"
    case object = "map[string]interface {}"

    init(_ value: Value) {
        self =
            switch value {
            case .null: .none
            case .bool: .bool
            case .integer: .integer
            case .double: .double
            case .string: .string
            case .array: .list
            case .object: .object
            }
    }
}
