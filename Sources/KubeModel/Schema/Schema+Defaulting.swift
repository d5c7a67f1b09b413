public import Manifest

extension Schema {
    /// The value with the schema's defaults where fields are absent.
    ///
    /// Null in a field that may not be null counts as absent: the default takes its place, or without one it is
    /// removed.
    public func defaulted(_ value: Value) -> Value {
        let definesSomething = !properties.isEmpty || items != nil || additionalProperties != nil
        guard definesSomething else { return value }
        switch value {
        case .object(let object): return .object(defaulted(object))
        case .array(let list):
            guard let items else { return value }
            return .array(
                list.map { item in
                    let isMissing = item.isNull && !items.isNullable
                    return items.defaulted(isMissing ? items.defaultValue ?? .null : item)
                })
        default: return value
        }
    }

    private func defaulted(_ object: Object) -> Object {
        var result = Object(minimumCapacity: object.count)
        for pair in object {
            guard let schema = field(pair.key) else {
                result[pair.key] = pair.value
                continue
            }
            if pair.value.isNull, !schema.isNullable {
                if let value = schema.defaultValue { result[pair.key] = schema.defaulted(value) }
            } else {
                result[pair.key] = schema.defaulted(pair.value)
            }
        }
        for (name, schema) in properties where !object.contains(key: name) {
            if let value = schema.defaultValue { result[name] = schema.defaulted(value) }
        }
        return result
    }
}
