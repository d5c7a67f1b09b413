import Manifest

/// The rules for the versions of a CustomResourceDefinition, apart from their schemas.
enum CustomVersionValidation {
    static func faults(of versions: ObjectField) -> [FieldError] {
        var errors: [FieldError] = []
        for version in versions.items where !version["schema", "openAPIV3Schema"].isPresent {
            errors.append(version["schema", "openAPIV3Schema"].required())
        }
        for version in versions.items {
            let name = version["name"]
            let faults = NameSyntax.dns1035Label(name.text)
            if !faults.isEmpty { errors.append(name.invalid(faults.joined(separator: ","), absent: "")) }
            errors += deprecation(of: version) + scale(version["subresources", "scale"])
            errors += version["additionalPrinterColumns"].items.flatMap(column)
        }
        let names = versions.items.map { $0["name"].text }
        if Set(names).count != names.count {
            errors.append(versions.invalid("must contain unique version names"))
        }
        if versions.items.count(where: { $0["storage"].isTrue }) != 1 {
            errors.append(versions.invalid("must have exactly one version marked as storage version"))
        }
        return errors
    }

    private static func deprecation(of version: ObjectField) -> [FieldError] {
        let warning = version["deprecationWarning"]
        guard warning.isPresent else { return [] }
        if !version["deprecated"].isTrue {
            return [warning.invalid("can only be set for deprecated versions")]
        }
        var errors: [FieldError] = []
        if warning.text.utf8.count > 256 {
            errors.append(warning.invalid("must be <= 256 characters long"))
        }
        if warning.text.isEmpty { errors.append(warning.invalid("must not be an empty string")) }
        return errors
    }

    private static func scale(_ scale: ObjectField) -> [FieldError] {
        guard scale.isPresent else { return [] }
        var errors: [FieldError] = []
        for (name, root) in [("specReplicasPath", ".spec."), ("statusReplicasPath", ".status.")] {
            let path = scale[name]
            if path.text.isEmpty {
                errors.append(path.required())
                continue
            }
            let faults = simplePath(path)
            errors += faults
            if faults.isEmpty, !path.text.hasPrefix(root) {
                errors.append(path.invalid("should be a json path under \(root.dropLast())"))
            }
        }
        let selector = scale["labelSelectorPath"]
        guard !selector.text.isEmpty else { return errors }
        let faults = simplePath(selector)
        errors += faults
        if faults.isEmpty, ![".spec.", ".status."].contains(where: selector.text.hasPrefix) {
            errors.append(selector.invalid("should be a json path under either .spec or .status"))
        }
        return errors
    }

    private static func column(_ column: ObjectField) -> [FieldError] {
        var errors: [FieldError] = []
        if column["name"].text.isEmpty { errors.append(column["name"].required()) }
        let (type, format) = (column["type"], column["format"])
        let types = ["boolean", "date", "integer", "number", "string"]
        let formats = ["byte", "date", "date-time", "double", "float", "int32", "int64", "password"]
        if type.text.isEmpty {
            errors.append(type.required("must be one of \(types.joined(separator: ","))"))
        } else if !types.contains(type.text) {
            errors.append(type.invalid("must be one of \(types.joined(separator: ","))"))
        }
        if !format.text.isEmpty, !formats.contains(format.text) {
            errors.append(format.invalid("must be one of \(formats.joined(separator: ","))"))
        }
        // The path's name in capitals is that of an older version of the type.
        let path = ObjectField(column["jsonPath"].value, path: column.path.child("JSONPath"))
        return errors + (path.text.isEmpty ? [path.required()] : simplePath(path))
    }

    private static func simplePath(_ path: ObjectField) -> [FieldError] {
        if !path.text.hasPrefix(".") {
            return [path.invalid("must be a simple json path starting with .")]
        }
        return []
    }
}
