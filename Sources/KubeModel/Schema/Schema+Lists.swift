public import Manifest

extension Schema {
    /// The items that a set or keyed list has more than once.
    ///
    /// Each is reported once, at its second appearance, as upstream's `listtype` package does.
    public func listFaults(in value: Value, at path: FieldPath = .root) -> [FieldError] {
        switch value {
        case .object(let object):
            var faults: [FieldError] = []
            for pair in object {
                if let schema = properties[pair.key] {
                    faults += schema.listFaults(in: pair.value, at: path.child(pair.key))
                } else if let schema = additionalProperties {
                    faults += schema.listFaults(in: pair.value, at: path.key(pair.key))
                }
            }
            return faults
        case .array(let list):
            var faults: [FieldError]
            switch listType {
            case .set:
                faults = Self.repeated(list).map { .duplicate(path.index($0), list[$0]) }
            case .map:
                faults = keyFaults(in: list, at: path)
            case .atomic, nil:
                faults = []
            }
            if let items {
                for (index, item) in list.enumerated() {
                    faults += items.listFaults(in: item, at: path.index(index))
                }
            }
            return faults
        default:
            return []
        }
    }

    private func keyFaults(in list: [Value], at path: FieldPath) -> [FieldError] {
        for (index, item) in list.enumerated() where !item.isNull && item.objectValue == nil {
            return [.invalid(path.index(index), item, "must be an object for an array of list-type map")]
        }
        let keys = list.map { item in
            Value.object(
                Object(
                    listMapKeys.sorted().compactMap { key in
                        item[key].map { Object.Pair(key: key, value: $0) }
                    }))
        }
        return Self.repeated(keys).map { .duplicate(path.index($0), keys[$0]) }
    }

    /// The indices at which values come for the second time.
    private static func repeated(_ values: [Value]) -> [Int] {
        var counts: [Value: Int] = [:]
        return values.indices.filter { index in
            counts[values[index], default: 0] += 1
            return counts[values[index]] == 2
        }
    }
}
