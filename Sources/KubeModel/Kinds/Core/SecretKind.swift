import Manifest

/// Secrets: binary data by key, whose type says which keys there must be.
struct SecretKind: KindRules {
    let descriptor = KindDescriptor("v1", "Secret")

    /// Texts are written for convenience only and stored as data, over which they win.
    func setDefaults(in object: inout Value) {
        if let texts = object["stringData"]?.objectValue {
            object.ensure("data") { data in
                for text in texts {
                    data[text.key] = .string(Base64.encode((text.value.stringValue ?? "").utf8))
                }
            }
            if object["data"] == .emptyObject { object["data"] = nil }
        }
        object["stringData"] = nil
        object.fill("type", "Opaque")
    }

    func faults(of object: ObjectField) -> [FieldError] {
        let data = object["data"]
        var errors: [FieldError] = []
        var size = 0
        for (key, field) in data.entries {
            errors += NameSyntax.configMapKey(key).map { .invalid(field.path, .string(key), $0) }
            size += Base64.decodedCount(field.text)
        }
        if size > ConfigMapKind.sizeLimit { errors.append(data.tooLong(ConfigMapKind.sizeLimit)) }
        return errors + Self.typeFaults(of: object)
    }

    private static func typeFaults(of object: ObjectField) -> [FieldError] {
        let data = object["data"]
        func required(_ keys: String...) -> [FieldError] {
            keys.map(data.key).filter { !$0.isPresent }.map { $0.required() }
        }
        switch object["type"].text {
        case "kubernetes.io/service-account-token":
            let account = object["metadata", "annotations"].key("kubernetes.io/service-account.name")
            return account.text.isEmpty ? [account.required()] : []
        case "kubernetes.io/dockercfg": return required(".dockercfg") + document(data.key(".dockercfg"))
        case "kubernetes.io/dockerconfigjson":
            return required(".dockerconfigjson") + document(data.key(".dockerconfigjson"))
        case "kubernetes.io/basic-auth":
            let missing = required("username", "password")
            return missing.count == 2 ? missing : []
        case "kubernetes.io/ssh-auth":
            let key = data.key("ssh-privatekey")
            return key.text.isEmpty ? [key.required()] : []
        case "kubernetes.io/tls": return required("tls.crt", "tls.key")
        default: return []
        }
    }

    /// The fault of data that must be a JSON object; the data itself is not repeated.
    private static func document(_ field: ObjectField) -> [FieldError] {
        guard field.isPresent else { return [] }
        guard let bytes = try? Base64.decodeAsGo(field.text) else { return [] }
        let reason: String
        if let fault = GoJSONFault.message(of: bytes) {
            reason = fault
        } else if let found = GoJSONFault.typeName(of: bytes) {
            reason = "json: cannot unmarshal \(found) into Go value of type map[string]interface {}"
        } else {
            return []
        }
        return [.invalid(field.path, "<secret contents redacted>", reason)]
    }

    var checksMetadataOnUpdate: Bool { true }

    /// The type is kept where an update does not give one.
    func prepareForUpdate(_ object: inout Value, old: Value, context: KindContext) {
        keepStored(&object, old: old)
        object.fill("type", old["type"] ?? "Opaque")
    }

    func faults(ofUpdate object: ObjectField, since old: ObjectField) -> [FieldError] {
        object["type"].immutable(since: old["type"], absent: "")
            + ConfigMapKind.frozen(object, since: old, fields: ["data"]) + faults(of: object)
    }
}
