import Manifest

/// ConfigMaps: texts and binary data by key, a megabyte at most.
struct ConfigMapKind: KindRules {
    let descriptor = KindDescriptor("v1", "ConfigMap")

    /// How many bytes all data may have together, in Secrets too.
    static let sizeLimit = 1024 * 1024

    func faults(of object: ObjectField) -> [FieldError] {
        let (data, binary) = (object["data"], object["binaryData"])
        var errors: [FieldError] = []
        var size = 0
        for (key, field) in data.entries {
            errors += NameSyntax.configMapKey(key).map { .invalid(field.path, .string(key), $0) }
            if binary.key(key).isPresent {
                errors.append(.invalid(field.path, .string(key), "duplicate of key present in binaryData"))
            }
            size += field.text.utf8.count
        }
        for (key, field) in binary.entries {
            errors += NameSyntax.configMapKey(key).map { .invalid(field.path, .string(key), $0) }
            size += Base64.decodedCount(field.text)
        }
        if size > Self.sizeLimit { errors.append(.tooLong(.root, limit: Self.sizeLimit)) }
        return errors
    }

    var checksMetadataOnUpdate: Bool { true }

    func faults(ofUpdate object: ObjectField, since old: ObjectField) -> [FieldError] {
        Self.frozen(object, since: old, fields: ["data", "binaryData"]) + faults(of: object)
    }

    /// The faults of a change of data that was declared immutable.
    static func frozen(_ object: ObjectField, since old: ObjectField, fields: [String]) -> [FieldError] {
        guard old["immutable"].isTrue else { return [] }
        let changed =
            (object["immutable"].isTrue ? [] : ["immutable"])
            + fields.filter { !object[$0].isSame(as: old[$0]) }
        return changed.map { object[$0].forbidden("field is immutable when `immutable` is set") }
    }
}
