import Manifest

/// An object with the type it merges by.
///
/// The walks over it follow structured-merge-diff's `typed` package: what counts as a leaf, who owns what of
/// lists with duplicates, and that empty lists and objects are leaves so that the difference from absent ones
/// is kept.
struct TypedValue: Sendable {
    let value: Value
    let type: MergeType

    init(_ value: Value, _ type: MergeType) {
        self.value = value
        self.type = type
    }
}

// MARK: - Validation

extension TypedValue {
    /// Checks that the value has the form its type demands.
    ///
    /// - Parameter allowsDuplicates: whether lists may name one item twice, as objects stored before their schema
    ///   had keys may.
    /// - Throws: ``TypedFault`` with everything that is wrong.
    func validate(allowsDuplicates: Bool) throws(TypedFault) {
        switch type.form(of: value) {
        case .scalar(let scalar): try scalar.validate(value)
        case .list(let list):
            if value.isNull { return }
            guard let items = value.arrayValue else {
                throw TypedFault("expected list, got \(goValue)")
            }
            try Self.validate(items, as: list, allowsDuplicates: allowsDuplicates)
        case .map(let map):
            if value.isNull { return }
            guard let object = value.objectValue else {
                throw TypedFault("expected map, got \(goValue)")
            }
            try Self.validate(object, as: map, allowsDuplicates: allowsDuplicates)
        }
    }

    /// The value as upstream's messages print it: a pointer to the struct that wraps it.
    private var goValue: String { "&{\(GoFormat.description(of: value))}" }

    private static func validate(
        _ items: [Value], as list: MergeType.ListForm, allowsDuplicates: Bool
    ) throws(TypedFault) {
        var fault: TypedFault?
        var seen: Set<PathElement> = []
        for (index, item) in items.enumerated() {
            var element = PathElement.index(index)
            if !list.isAtomic {
                do throws(TypedFault) { element = try list.element(of: item) } catch {
                    // Without a name for the item, what lies below it cannot be reported either.
                    throw fault + TypedFault("element \(index): \(error)")
                }
                if !seen.insert(element).inserted, !allowsDuplicates {
                    fault = fault + TypedFault("duplicate entries for key \(element)")
                }
            }
            do throws(TypedFault) {
                try TypedValue(item, list.element).validate(allowsDuplicates: allowsDuplicates)
            } catch {
                fault = fault + error.below(element)
            }
        }
        if let fault { throw fault }
    }

    private static func validate(
        _ object: Object, as map: MergeType.MapForm, allowsDuplicates: Bool
    ) throws(TypedFault) {
        var fault: TypedFault?
        for pair in object {
            let element = PathElement.field(pair.key)
            guard let type = map.field(pair.key) else {
                throw fault + TypedFault("field not declared in schema").below(element)
            }
            do throws(TypedFault) {
                try TypedValue(pair.value, type).validate(allowsDuplicates: allowsDuplicates)
            } catch {
                fault = fault + error.below(element)
            }
        }
        if let fault { throw fault }
    }
}

extension MergeType.Scalar {
    /// Checks that a value is a scalar of this class; null always is.
    func validate(_ value: Value, prefix: String = "") throws(TypedFault) {
        switch (self, value) {
        case (_, .null), (.numeric, .integer), (.numeric, .double), (.string, .string), (.boolean, .bool):
            return
        case (.untyped, .integer), (.untyped, .double), (.untyped, .string), (.untyped, .bool): return
        case (.numeric, _):
            throw TypedFault("\(prefix)expected numeric (int or float), got \(value.goTypeName)")
        case (.string, _):
            throw TypedFault(
                "\(prefix)expected string, got &value.valueUnstructured{Value:\(value.goSyntax)}")
        case (.boolean, _):
            throw TypedFault("\(prefix)expected boolean, got &{\(GoFormat.description(of: value))}")
        case (.untyped, _):
            throw TypedFault("\(prefix)expected any scalar, got &{\(GoFormat.description(of: value))}")
        }
    }
}

extension Value {
    /// The Go type that a decoded value has.
    fileprivate var goTypeName: String {
        switch self {
        case .null: "<nil>"
        case .bool: "bool"
        case .integer: "int64"
        case .double: "float64"
        case .string: "string"
        case .array: "[]interface {}"
        case .object: "map[string]interface {}"
        }
    }

    /// The value in Go's own syntax, as `%#v` prints it.
    fileprivate var goSyntax: String {
        switch self {
        case .null: return "interface {}(nil)"
        case .bool, .double: return GoFormat.description(of: self)
        case .integer(let number): return String(number)
        case .string(let text): return GoFormat.quoted(text)
        case .array(let items):
            return "[]interface {}{" + items.map(\.goSyntax).joined(separator: ", ") + "}"
        case .object(var object):
            object.sortKeys()
            let pairs = object.map { "\(GoFormat.quoted($0.key)):\($0.value.goSyntax)" }
            return "map[string]interface {}{" + pairs.joined(separator: ", ") + "}"
        }
    }
}
