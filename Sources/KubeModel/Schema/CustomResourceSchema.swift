public import Manifest

/// What a server does with the objects of one version of a custom resource: decode, default, prune, validate.
public struct CustomResourceSchema: Sendable {
    /// The name of the version.
    public let version: String
    /// The schema of whole objects.
    public let schema: Schema
    /// Whether `status` is a subresource of its own.
    public let hasStatus: Bool
    /// Where the scale subresource finds its numbers, nil where there is none.
    public let scale: Scale?

    /// The fields that stand for the scale subresource, such as `.spec.replicas`.
    public struct Scale: Sendable, Hashable {
        /// The field with the wanted number.
        public let specReplicasPath: String
        /// The field with the number there is.
        public let statusReplicasPath: String
        /// The field that holds the label selector as text, nil where there is none.
        public let labelSelectorPath: String?
    }

    /// Reads an entry of a definition's `spec.versions`.
    public init(version: Value) {
        self.version = version["name"]?.stringValue ?? ""
        schema = Schema.customResource(version["schema"]?["openAPIV3Schema"] ?? .emptyObject)
        let subresources = version["subresources"]
        hasStatus = subresources?["status"]?.objectValue != nil
        scale = subresources?["scale"].flatMap { scale in
            guard let spec = scale["specReplicasPath"]?.stringValue,
                let status = scale["statusReplicasPath"]?.stringValue
            else { return nil }
            return Scale(
                specReplicasPath: spec, statusReplicasPath: status,
                labelSelectorPath: scale["labelSelectorPath"]?.stringValue)
        }
    }

    /// The object as it is stored: defaulted, without unknown fields, its metadata as the server's type has it.
    ///
    /// - Returns: the object, and the sorted paths of the fields that were dropped.
    /// - Throws: ``FieldError`` where `apiVersion`, `kind` or `metadata` is not of its type.
    public func decoded(_ object: Value) throws(FieldError) -> (object: Value, unknownFields: [String]) {
        var result = schema.defaulted(object)
        var unknown: [String] = []
        for name in ["apiVersion", "kind"] {
            guard let value = result[name], value.stringValue == nil else { continue }
            throw .invalid(FieldPath(name), value, "must be a string")
        }
        if let metadata = result["metadata"], let type = Self.objectMeta {
            let faults = type.decodingFaults(of: metadata)
            if let fault = faults.typeFault { throw .invalid(FieldPath("metadata"), metadata, fault) }
            unknown = faults.unknownFields.map { "metadata.\($0)" }
            var typed = type.typedForm(of: metadata)
            if typed["creationTimestamp"]?.isNull ?? false { typed["creationTimestamp"] = nil }
            result["metadata"] = typed
        }
        let pruned = schema.pruned(result)
        unknown += pruned.unknownFields
        return (pruned.value, unknown.sorted { $0.byteOrder(to: $1) < 0 })
    }

    private static let objectMeta = SchemaCatalog.builtin.schema(
        named: "io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta")

    /// What an object breaks of the schema, in the order in which upstream reports it; its metadata apart.
    public func faults(of object: Value) -> [FieldError] {
        schema.validate(object) + scaleFaults(of: object)
            + embeddedFaults(in: object, schema, at: .root, isRoot: true)
            + schema.listFaults(in: object)
    }

    /// What a change of the status subresource breaks.
    public func statusFaults(of object: Value) -> [FieldError] {
        guard let status = object["status"], let schema = schema.properties["status"] else { return [] }
        return schema.validate(status, at: "status")
    }

    // MARK: Scale

    private func scaleFaults(of object: Value) -> [FieldError] {
        guard let scale else { return [] }
        var faults: [FieldError] = []
        for path in [scale.specReplicasPath, scale.statusReplicasPath] {
            let place = FieldPath(path)
            switch Self.lookUp(path, in: object) {
            case .success(nil): break
            case .failure(let fault): faults.append(.invalid(place, 0, fault.message))
            case .success(.integer(let number)?):
                if number < 0 {
                    faults.append(.invalid(place, .integer(number), "should be a non-negative integer"))
                } else if number > Int64(Int32.max) {
                    faults.append(
                        .invalid(place, .integer(number), "should be less than or equal to \(Int32.max)"))
                }
            case .success(let value?):
                faults.append(.invalid(place, 0, AccessFault(path, value, wanted: "int64").message))
            }
        }
        if let path = scale.labelSelectorPath {
            switch Self.lookUp(path, in: object) {
            case .success(nil), .success(.string?): break
            case .failure(let fault): faults.append(.invalid(FieldPath(path), "", fault.message))
            case .success(let value?):
                let fault = AccessFault(path, value, wanted: "string")
                faults.append(.invalid(FieldPath(path), "", fault.message))
            }
        }
        return faults
    }

    /// Why a field cannot be read.
    private struct AccessFault: Error {
        let message: String

        init(_ path: String, _ value: Value, wanted: String) {
            let type: String
            switch value {
            case .null: type = "<nil>"
            case .bool: type = "bool"
            case .integer: type = "int64"
            case .double: type = "float64"
            case .string: type = "string"
            case .array: type = "[]interface {}"
            case .object: type = "map[string]interface {}"
            }
            message =
                "\(path) accessor error: \(GoFormat.description(of: value)) is of the type \(type), expected \(wanted)"
        }
    }

    private static func lookUp(_ path: String, in object: Value) -> Result<Value?, AccessFault> {
        var node: Value? = object
        var walked = ""
        for name in path.split(separator: ".") {
            guard let current = node else { return .success(nil) }
            guard current.objectValue != nil else {
                return .failure(AccessFault(walked, current, wanted: "map[string]interface{}"))
            }
            node = current[String(name)]
            walked += ".\(name)"
        }
        return .success(node)
    }

    // MARK: Embedded objects

    /// Objects within objects must say what they are.
    private func embeddedFaults(in value: Value, _ schema: Schema, at path: FieldPath, isRoot: Bool)
        -> [FieldError]
    {
        var faults: [FieldError] = []
        switch value {
        case .object(let object):
            if schema.isEmbeddedResource, !isRoot {
                for name in ["apiVersion", "kind"] {
                    let place = path.child(name)
                    switch object[name] {
                    case nil: faults.append(.required(place, "must not be empty"))
                    case .string(let text)?:
                        if text.isEmpty { faults.append(.invalid(place, "", "must not be empty")) }
                    case let other?: faults.append(.invalid(place, other, "must be a string"))
                    }
                }
            }
            for pair in object {
                if let field = schema.properties[pair.key] {
                    faults += embeddedFaults(in: pair.value, field, at: path.child(pair.key), isRoot: false)
                } else if let field = schema.additionalProperties {
                    faults += embeddedFaults(in: pair.value, field, at: path.key(pair.key), isRoot: false)
                }
            }
        case .array(let list):
            guard let items = schema.items else { break }
            for (index, item) in list.enumerated() {
                faults += embeddedFaults(in: item, items, at: path.index(index), isRoot: false)
            }
        default: break
        }
        return faults
    }
}
