import KubeModel
import Manifest

/// What the server does with the objects of one resource on their way to the store.
///
/// Built-in kinds and custom resources differ in where their rules come from; the verbs know only this.
struct ResourceStrategy: Sendable {
    private let resource: ResourceDefinition
    private let kind: KindStrategy
    private let context: KindContext

    init(_ resource: ResourceDefinition, context: KindContext) {
        self.resource = resource
        self.context = context
        kind = Self.kindStrategy(of: resource)
    }

    private static func kindStrategy(of resource: ResourceDefinition) -> KindStrategy {
        if let builtin = BuiltinKinds.strategy(for: resource.kind) { return builtin }
        // Resources without rules of their own, such as reviews, are treated as custom ones without a schema.
        let custom = resource.custom
        return KindStrategy(
            customResource: resource.kind, isNamespaced: resource.isNamespaced,
            hasStatus: resource.custom?.hasStatus ?? false,
            schemaFaults: { object, _ in
                guard let custom else { return [] }
                return custom.schema.validate(object) + custom.schema.listFaults(in: object)
                    + (custom.scale.map { ScaleValidation.faults(of: object, $0) } ?? [])
            })
    }

    /// Brings an object that a client sent, or that a patch made, into the form in which it is stored, with all
    /// defaults.
    ///
    /// - Returns: the paths of fields that the kind does not have; they are gone from the object.
    /// - Throws: `badRequest` where a value is not of its field's type.
    func normalize(_ object: inout Value) throws(APIError) -> [String] {
        guard let schema = resource.schema else {
            object = try kind.normalized(object)
            return []
        }
        var unknown: [String] = []
        if resource.custom != nil {
            (object, unknown) = schema.pruned(object)
            object = schema.defaulted(object)
        } else {
            let faults = schema.decodingFaults(of: object)
            if let fault = faults.typeFault { throw DecodingFaults.failure(of: resource.kind, fault) }
            unknown = faults.unknownFields
            if !unknown.isEmpty { object = schema.pruned(object).value }
        }
        object = try kind.normalized(object)
        return unknown
    }

    /// Resets what users may not set on a new object, and fills in what the server decides.
    func prepareForCreate(_ object: inout Value) { kind.prepareForCreate(&object, context: context) }

    /// Takes from the stored object what a write to a subresource, or to the object itself, may not change.
    func prepareForUpdate(_ object: inout Value, old: Value, subresource: String) {
        switch subresource {
        case "status": kind.prepareForStatusUpdate(&object, old: old)
        case "finalize":
            let finalizers = object["spec", "finalizers"]
            object = old
            object["spec", "finalizers"] = finalizers
        case "ephemeralcontainers":
            let containers = object["spec", "ephemeralContainers"]
            object = old
            object["spec", "ephemeralContainers"] = containers
        default: kind.prepareForUpdate(&object, old: old, context: context)
        }
    }

    /// The faults of a new object.
    func faults(ofNew object: Value) -> [FieldError] { kind.validate(object) }

    /// The faults of a change.
    func faults(ofUpdate object: Value, since old: Value, subresource: String) -> [FieldError] {
        switch subresource {
        case "status": kind.validateStatusUpdate(object, old: old)
        case "finalize", "ephemeralcontainers": []
        default:
            kind.validateUpdate(object, old: old)
                + (resource.custom?.immutableFields ?? []).compactMap { $0.fault(of: object, since: old) }
        }
    }

    /// What the user should know though the object is stored; `old` is nil when it is created.
    func warnings(for object: Value, old: Value?) -> [String] { kind.warnings(for: object, old: old) }

    /// What a request to a subresource, or to the object itself, cannot set.
    func resetFields(subresource: String) -> FieldFilter {
        if let custom = resource.custom {
            return .customResource(hasStatus: custom.hasStatus, subresource: subresource)
        }
        return .builtin(resource.kind, subresource: subresource)
    }

    /// Whether an object may be updated without saying which version was read.
    var allowsUnconditionalUpdate: Bool { kind.descriptor.allowsUnconditionalUpdate }

    /// Whether an update of an object that does not exist creates it.
    var allowsCreateOnUpdate: Bool { kind.descriptor.allowsCreateOnUpdate }

    /// Where the scale subresource finds its numbers; nil where objects cannot be scaled.
    var scale: ScalePaths? {
        if let custom = resource.custom { return custom.scale.map(ScalePaths.init) }
        return kind.descriptor.scale.map(ScalePaths.init)
    }
}

extension REST {
    /// The rules for the objects of a resource.
    func strategy(of resource: ResourceDefinition) -> ResourceStrategy {
        ResourceStrategy(resource, context: kinds)
    }
}
