public import Manifest

/// A field of custom resources that may not change once it is there: one with the rule `self == oldSelf`.
///
/// Of the rules in the Common Expression Language (`x-kubernetes-validations`) this one alone is evaluated, as it is
/// what immutable kinds need, word for word what a cluster's own server enforces, and needs no language. Fields within
/// lists and maps are not looked at.
public struct ImmutableField: Sendable, Hashable {
    /// The way of keys to the field.
    public let path: [String]
    /// What the rule's author says about a change.
    public let message: String

    /// The immutable fields that a schema document (`openAPIV3Schema`) names.
    public static func all(in document: Value) -> [ImmutableField] {
        var found: [ImmutableField] = []
        collect(document, at: [], into: &found)
        return found
    }

    private static func collect(_ schema: Value, at path: [String], into found: inout [ImmutableField]) {
        for rule in schema["x-kubernetes-validations"]?.arrayValue ?? [] {
            let text = (rule["rule"]?.stringValue ?? "").filter { !$0.isWhitespace }
            guard text == "self==oldSelf" else { continue }
            let message = rule["message"]?.stringValue ?? "failed rule: self == oldSelf"
            found.append(ImmutableField(path: path, message: message))
        }
        for pair in schema["properties"]?.objectValue ?? [:] {
            collect(pair.value, at: path + [pair.key], into: &found)
        }
    }

    /// What a change breaks; nil while the field is not in both states, as transition rules have it.
    public func fault(of object: Value, since old: Value) -> FieldError? {
        guard let value = Self.look(up: path, in: object), let before = Self.look(up: path, in: old),
            value != before
        else { return nil }
        let place = path.reduce(FieldPath.root) { $0.child($1) }
        let shown: Value = value.objectValue != nil ? "object" : value.arrayValue != nil ? "array" : value
        return .invalid(place, shown, message)
    }

    private static func look(up path: [String], in object: Value) -> Value? {
        path.reduce(object) { $0?[$1] }
    }
}
