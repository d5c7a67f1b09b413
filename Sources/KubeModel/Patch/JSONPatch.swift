public import Manifest

/// A list of edits by path (RFC 6902, `application/json-patch+json`).
///
/// Reads and applies patches as Kubernetes does, which differs from the RFC in what it lets pass: negative
/// indices count from the end, `replace` adds a key that is missing, and a `value` that is missing is null.
public struct JSONPatch: Sendable, Hashable {
    /// One edit. Its fields are checked when it is applied, as upstream does.
    public struct Operation: Sendable, Hashable {
        /// `add`, `remove`, `replace`, `move`, `copy` or `test`; `unknown` where it is missing.
        public var name: String
        public var path: String?
        public var from: String?
        public var value: Value?

        public init(_ name: String, path: String, from: String? = nil, value: Value? = nil) {
            self.name = name
            self.path = path
            self.from = from
            self.value = value
        }
    }

    /// How many operations an API server accepts in one patch.
    public static let maximumOperations = 10_000

    public var operations: [Operation]

    public init(_ operations: [Operation]) { self.operations = operations }

    /// Reads a patch document.
    ///
    /// - Throws: `malformedPatch` for what is no list of objects, `oversizedPatch` for more than
    ///   ``maximumOperations``.
    public init(_ document: Value) throws(KubeModelError) {
        guard let items = document.arrayValue else {
            throw PatchFault.notDecodable(document, as: "[]handlers.jsonPatchOp")
        }
        operations = []
        operations.reserveCapacity(items.count)
        for item in items { operations.append(try Operation(item)) }
        guard operations.count <= Self.maximumOperations else {
            throw KubeModelError(
                .oversizedPatch,
                "The allowed maximum operations in a JSON patch is \(Self.maximumOperations), "
                    + "got \(operations.count)")
        }
    }

    /// The patch as a document.
    public var document: Value { .array(operations.map(\.document)) }
}

extension JSONPatch.Operation {
    fileprivate init(_ item: Value) throws(KubeModelError) {
        guard let fields = item.objectValue else {
            throw PatchFault.notDecodable(item, as: "handlers.jsonPatchOp")
        }
        name = try Self.text(fields, "op") ?? "unknown"
        path = try Self.text(fields, "path")
        from = try Self.text(fields, "from")
        value = fields["value"]
    }

    private static func text(_ fields: Object, _ key: String) throws(KubeModelError) -> String? {
        guard let value = fields[key], !value.isNull else { return nil }
        guard let text = value.stringValue else {
            throw PatchFault.notDecodable(value, as: "string", field: "jsonPatchOp.\(key)")
        }
        return text
    }

    fileprivate var document: Value {
        var fields: Object = ["op": .string(name)]
        if let from { fields["from"] = .string(from) }
        if let path { fields["path"] = .string(path) }
        if let value { fields["value"] = value }
        return .object(fields)
    }
}
