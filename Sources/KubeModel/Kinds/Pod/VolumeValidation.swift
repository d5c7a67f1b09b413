import Manifest

/// The rules for the volumes of a pod spec.
enum VolumeValidation {
    /// The faults of the volumes and, by name, those without any.
    ///
    /// - Parameter podName: the name of the pod; nil in templates.
    static func check(
        _ volumes: ObjectField, podName: String?
    ) -> (volumes: [String: ObjectField], errors: [FieldError]) {
        var known: [String: ObjectField] = [:]
        var errors: [FieldError] = []
        for volume in volumes.items {
            let name = volume["name"]
            var faults = source(of: volume, podName: podName)
            faults += name.text.isEmpty ? [name.required()] : name.invalid(NameSyntax.dns1123Label(name.text))
            if known[name.text] != nil { faults.append(name.duplicate()) }
            if faults.isEmpty { known[name.text] = volume }
            errors += faults
        }
        return (known, errors)
    }

    private static func source(of volume: ObjectField, podName: String?) -> [FieldError] {
        let given = PodDefaults.volumeSources.filter { volume[$0].isPresent }
        guard let first = given.first else { return [volume.required("must specify a volume type")] }
        return faults(of: volume[first], kind: first, volume: volume, podName: podName)
            + given.dropFirst().map { volume[$0].forbidden("may not specify more than 1 volume type") }
    }

    private static func faults(
        of source: ObjectField, kind: String, volume: ObjectField, podName: String?
    ) -> [FieldError] {
        switch kind {
        case "emptyDir":
            let isNegative = ResourceValidation.quantity(source["sizeLimit"]).isNegative
            return isNegative
                ? [source["sizeLimit"].forbidden("SizeLimit field must be a valid resource quantity")] : []
        case "hostPath": return hostPath(source)
        case "secret":
            let name = source["secretName"]
            return (name.text.isEmpty ? [name.required()] : []) + mode(source["defaultMode"])
                + items(source["items"])
        case "configMap":
            return required(source["name"]) + mode(source["defaultMode"]) + items(source["items"])
        case "downwardAPI":
            return mode(source["defaultMode"]) + source["items"].items.flatMap(downwardItem)
        case "projected": return mode(source["defaultMode"]) + projections(source["sources"])
        case "persistentVolumeClaim": return required(source["claimName"])
        case "nfs":
            return required(source["server"]) + required(source["path"])
                + (source["path"].text.isEmpty || source["path"].text.hasPrefix("/")
                    ? [] : [source["path"].invalid("must be an absolute path")])
        case "csi": return required(source["driver"])
        case "ephemeral": return ephemeral(source, volume: volume, podName: podName)
        case "image":
            return required(source["reference"])
                + source["pullPolicy"].enumeration(["Always", "IfNotPresent", "Never"])
        default: return []
        }
    }

    private static func required(_ field: ObjectField) -> [FieldError] {
        field.text.isEmpty ? [field.required()] : []
    }

    private static func hostPath(_ source: ObjectField) -> [FieldError] {
        let path = source["path"]
        guard !path.text.isEmpty else { return [path.required()] }
        let types = [
            "", "BlockDevice", "CharDevice", "Directory", "DirectoryOrCreate", "File", "FileOrCreate",
            "Socket",
        ]
        return LocalPath.withoutBacksteps(path.text, at: path.path)
            + source["type"].optionalEnumeration(types)
    }

    private static func mode(_ mode: ObjectField) -> [FieldError] {
        guard let bits = mode.integer, !(0...0o777).contains(bits) else { return [] }
        return [mode.invalid("must be a number between 0 and 0777 (octal), both inclusive")]
    }

    /// The faults of keys and the files they become.
    private static func items(_ items: ObjectField) -> [FieldError] {
        items.items.flatMap { item -> [FieldError] in
            required(item["key"]) + required(item["path"])
                + (item["path"].text.isEmpty ? [] : descending(item["path"])) + mode(item["mode"])
        }
    }

    private static func descending(_ path: ObjectField) -> [FieldError] {
        var errors = LocalPath.descending(path.text, at: path.path)
        if path.text.hasPrefix(".."), !path.text.hasPrefix("../"), path.text != ".." {
            errors.append(path.invalid("must not start with '..'"))
        }
        return errors
    }

    private static func downwardItem(_ item: ObjectField) -> [FieldError] {
        let path = item["path"]
        var errors = path.text.isEmpty ? [path.required()] : descending(path)
        let (field, resource) = (item["fieldRef"], item["resourceFieldRef"])
        if field.isPresent {
            errors += EnvironmentValidation.fieldReference(
                field,
                known: [
                    "metadata.annotations", "metadata.labels", "metadata.name", "metadata.namespace",
                    "metadata.uid",
                ])
            if resource.isPresent {
                errors.append(
                    .invalid(
                        item.path, "resource",
                        "fieldRef and resourceFieldRef can not be specified simultaneously"))
            }
        } else if resource.isPresent {
            errors += EnvironmentValidation.resourceReference(resource, isInVolume: true)
        } else {
            errors.append(item.required("one of fieldRef and resourceFieldRef is required"))
        }
        return errors + mode(item["mode"])
    }

    private static func projections(_ sources: ObjectField) -> [FieldError] {
        let kinds = [
            "secret", "configMap", "downwardAPI", "serviceAccountToken", "clusterTrustBundle",
            "podCertificate",
        ]
        return sources.items.flatMap { source -> [FieldError] in
            let given = kinds.filter { source[$0].isPresent }
            var errors = given.dropFirst().map {
                source[$0].forbidden("may not specify more than 1 volume type per source")
            }
            switch given.first {
            case nil: errors.append(source.required("must specify at least one volume type per source"))
            case "secret"?, "configMap"?:
                let projection = source[given[0]]
                errors += required(projection["name"]) + items(projection["items"])
            case "downwardAPI"?: errors += source["downwardAPI", "items"].items.flatMap(downwardItem)
            case "serviceAccountToken"?: errors += token(source["serviceAccountToken"])
            default: break
            }
            return errors
        }
    }

    private static func token(_ token: ObjectField) -> [FieldError] {
        let (lifetime, path) = (token["expirationSeconds"], token["path"])
        var errors: [FieldError] = []
        if lifetime.number < 600 {
            errors.append(lifetime.invalid("may not specify a duration less than 10 minutes"))
        }
        if lifetime.number > 1 << 32 {
            errors.append(lifetime.invalid("may not specify a duration larger than 2^32 seconds"))
        }
        return errors + (path.text.isEmpty ? [path.required()] : descending(path))
    }

    private static func ephemeral(
        _ source: ObjectField, volume: ObjectField, podName: String?
    ) -> [FieldError] {
        let template = source["volumeClaimTemplate"]
        guard template.isPresent else { return [template.required()] }
        var errors = PersistentVolumeClaimKind.faults(ofSpec: template["spec"])
        if let podName, !podName.isEmpty, !volume["name"].text.isEmpty {
            let claim = "\(podName)-\(volume["name"].text)"
            errors += NameSyntax.dns1123Subdomain(claim).map {
                volume["name"].invalid("PVC name \(GoFormat.quoted(claim)): \($0)")
            }
        }
        return errors
    }
}
