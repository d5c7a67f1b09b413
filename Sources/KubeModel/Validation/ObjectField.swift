import Manifest

/// A field of an object under validation: the value that stands there together with the path that leads to it.
///
/// A `null` counts as absent, and an absent text, number or list as the empty one, which is how the server's
/// own types see a document.
struct ObjectField {
    let value: Value?
    let path: FieldPath

    init(_ value: Value?, path: FieldPath = .root) {
        self.value = if case .null? = value { nil } else { value }
        self.path = path
    }

    subscript(name: String) -> ObjectField { ObjectField(value?[name], path: path.child(name)) }

    subscript(first: String, second: String, rest: String...) -> ObjectField {
        rest.reduce(self[first][second]) { $0[$1] }
    }

    var isPresent: Bool { value != nil }
    /// The text; empty where there is none.
    var text: String { value?.stringValue ?? "" }
    var integer: Int64? { value?.integerValue }
    /// The number; 0 where there is none.
    var number: Int64 { integer ?? 0 }
    var flag: Bool? { value?.boolValue }
    var isTrue: Bool { flag ?? false }
    /// Whether there is nothing to see: absent, or an empty text, list or map.
    var isEmpty: Bool {
        switch value {
        case nil: true
        case .string(let text)?: text.isEmpty
        case .array(let items)?: items.isEmpty
        case .object(let object)?: object.isEmpty
        default: false
        }
    }

    /// The items of a list, each with its path.
    var items: [ObjectField] {
        (value?.arrayValue ?? []).enumerated().map { ObjectField($1, path: path.index($0)) }
    }

    /// The entries of a map in the order of their keys, each with its path in brackets.
    var entries: [(key: String, field: ObjectField)] {
        guard var object = value?.objectValue else { return [] }
        object.sortKeys()
        return object.map { ($0.key, ObjectField($0.value, path: path.key($0.key))) }
    }

    /// The texts of a list.
    var texts: [String] { value?.arrayValue?.map { $0.stringValue ?? "" } ?? [] }
}

extension ObjectField {
    /// The value as a message shows it, `fallback` standing for an absent one.
    private func shown(_ fallback: Value) -> Value { value.map(GoJSON.ordered) ?? fallback }

    func required(_ detail: String = "") -> FieldError { .required(path, detail) }

    func forbidden(_ detail: String) -> FieldError { .forbidden(path, detail) }

    /// - Parameter absent: what the message shows where there is no value: `null` for a list, map or pointer,
    ///   the type's zero value for all else.
    func invalid(_ detail: String, absent: Value = .null) -> FieldError {
        .invalid(path, shown(absent), detail)
    }

    /// The faults of the field's text that a rule found.
    func invalid(_ faults: [String]) -> [FieldError] { faults.map { invalid($0, absent: "") } }

    func notSupported(_ supported: [String], absent: Value = "") -> FieldError {
        .notSupported(path, shown(absent), supported: supported)
    }

    func duplicate() -> FieldError { .duplicate(path, shown("")) }

    func notFound() -> FieldError { .notFound(path, shown("")) }

    func tooLong(_ limit: Int) -> FieldError { .tooLong(path, limit: limit) }

    func tooMany(_ limit: Int) -> FieldError {
        .tooMany(path, count: value?.arrayValue?.count ?? 0, limit: limit)
    }
}

extension ObjectField {
    /// The fault of a number below zero.
    func nonnegative() -> [FieldError] {
        number < 0 ? [invalid("must be greater than or equal to 0")] : []
    }

    /// The fault of a text that is missing or none of those that are known.
    func enumeration(_ supported: [String]) -> [FieldError] {
        text.isEmpty ? [required()] : optionalEnumeration(supported)
    }

    /// The fault of a text that is given, but none of those that are known.
    func optionalEnumeration(_ supported: [String]) -> [FieldError] {
        isPresent && !supported.contains(text) ? [notSupported(supported)] : []
    }

    /// The fault of a value that differs from the stored one.
    func immutable(since old: ObjectField, absent: Value = .null) -> [FieldError] {
        isSame(as: old) ? [] : [invalid("field is immutable", absent: absent)]
    }

    /// Whether both hold the same, an empty list or map being the same as none.
    func isSame(as old: ObjectField) -> Bool {
        value == old.value || (isEmptyCollection && old.isEmptyCollection)
    }

    private var isEmptyCollection: Bool {
        switch value {
        case nil: true
        case .array(let items)?: items.isEmpty
        case .object(let object)?: object.isEmpty
        default: false
        }
    }
}

extension ObjectField {
    /// The entry of a map, its path in brackets.
    func key(_ name: String) -> ObjectField { ObjectField(value?[name], path: path.key(name)) }
}
