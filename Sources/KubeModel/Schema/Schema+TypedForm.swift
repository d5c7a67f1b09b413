public import Manifest

extension Schema {
    /// The object as a server's own types store it: what decoding it into them and encoding it again gives.
    ///
    /// Only built-in schemas have such types; anything else is returned as it is. Fields of struct type are always
    /// there (`strategy: {}`), so are fields that are never left out (`containers: null`, the `port: 0` of a
    /// service); zeros (`paused: false`), empty lists and maps that may be left out, nulls and fields unknown to
    /// the type are not.
    public func typedForm(of value: Value) -> Value {
        guard definition != nil else { return value }
        switch value {
        case .object(let object) where type == .object && !properties.isEmpty:
            return .object(typedForm(of: object))
        default:
            return value
        }
    }

    private func typedForm(of object: Object) -> Object {
        var result = Object(minimumCapacity: object.count)
        for pair in object {
            guard let field = properties[pair.key] else { continue }
            let value = field.typedFieldForm(of: pair.value)
            if let value, !field.isLeftOut(value) || required.contains(pair.key) { result[pair.key] = value }
        }
        for (name, field) in properties where !result.contains(key: name) {
            if let zero = field.zeroValue {
                result[name] = zero
            } else if required.contains(name) {
                result[name] = .null
            }
        }
        return result
    }

    /// A field's value in typed form, nil for null, which decoding skips.
    private func typedFieldForm(of value: Value) -> Value? {
        switch value {
        case .null: nil
        case .array(let list) where type == .array:
            items.map { items in .array(list.map { items.typedFieldForm(of: $0) ?? items.zeroValue ?? .null })
            }
                ?? value
        case .object(let object) where type == .object && definition == nil:
            additionalProperties.map { field in
                .object(object.mapValues { field.typedFieldForm(of: $0) ?? $0 })
            }
                ?? value
        default: typedForm(of: value)
        }
    }

    /// Whether a field with this value is left out: an empty list or map, a zero that the type does not print.
    private func isLeftOut(_ value: Value) -> Bool {
        switch value {
        case .array(let list): list.isEmpty && type == .array
        case .object(let object): object.isEmpty && type == .object && definition == nil
        case .string(""), .integer(0), .bool(false): isLeftOutWhenZero
        default: false
        }
    }

    /// The value that a field has in a type whose field is not set, nil where the field is left out.
    private var zeroValue: Value? {
        switch defaultValue {
        case .object(let object)? where object.isEmpty && definition != nil: typedForm(of: .emptyObject)
        case .string("")?, .integer(0)?, .bool(false)?: defaultValue
        default: nil
        }
    }
}
