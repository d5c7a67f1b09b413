public import Manifest

extension APIStatus {
    /// Reads a `Status` object; nil where `value` is of another kind.
    public init?(_ value: Value) {
        guard value.kind == "Status", value.apiVersion == "v1" || value.apiVersion == "meta.k8s.io/v1" else {
            return nil
        }
        self.init(
            value["status"]?.stringValue.flatMap(Outcome.init(rawValue:)),
            code: Int(value["code"]?.integerValue ?? 0),
            reason: StatusReason(rawValue: value["reason"]?.stringValue ?? ""),
            message: value["message"]?.stringValue ?? "",
            details: value["details"].flatMap(Details.init),
            metadata: value["metadata"]?.objectValue ?? Object())
    }

    /// The status as a server sends it: empty fields are left out, `metadata` and `details` are not.
    public var value: Value {
        var fields: Object = ["kind": "Status", "apiVersion": "v1", "metadata": .object(metadata)]
        fields.set("status", outcome?.rawValue ?? "")
        fields.set("message", message)
        fields.set("reason", reason.rawValue)
        if let details { fields["details"] = details.value }
        if code != 0 { fields["code"] = .integer(Int64(code)) }
        return .object(fields)
    }
}

extension APIStatus.Details {
    /// Reads a `details` object; nil for anything else.
    init?(_ value: Value) {
        guard value.objectValue != nil else { return nil }
        self.init(
            name: value["name"]?.stringValue ?? "", group: value["group"]?.stringValue ?? "",
            kind: value.kind, uid: value["uid"]?.stringValue ?? "",
            causes: value["causes"]?.arrayValue?.map(APIStatus.Cause.init) ?? [],
            retryAfterSeconds: Int(value["retryAfterSeconds"]?.integerValue ?? 0))
    }

    var value: Value {
        var fields = Object()
        fields.set("name", name)
        fields.set("group", group)
        fields.set("kind", kind)
        fields.set("uid", uid)
        if !causes.isEmpty { fields["causes"] = .array(causes.map(\.value)) }
        if retryAfterSeconds != 0 { fields["retryAfterSeconds"] = .integer(Int64(retryAfterSeconds)) }
        return .object(fields)
    }
}

extension APIStatus.Cause {
    init(_ value: Value) {
        self.init(
            reason: value["reason"]?.stringValue ?? "", message: value["message"]?.stringValue ?? "",
            field: value["field"]?.stringValue ?? "")
    }

    var value: Value {
        var fields = Object()
        fields.set("reason", reason)
        fields.set("message", message)
        fields.set("field", field)
        return .object(fields)
    }
}

extension Object {
    /// Sets a text unless it is empty, as Go leaves out what is empty.
    fileprivate mutating func set(_ key: String, _ text: String) {
        if !text.isEmpty { self[key] = .string(text) }
    }
}
