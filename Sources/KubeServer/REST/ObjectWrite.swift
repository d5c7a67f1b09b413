import KubeModel
import Manifest

/// What a write needs to know beside the object: the request, its options and who counts as its manager.
struct ObjectWrite: Sendable {
    let context: RequestContext
    let options: WriteOptions
    let strategy: ResourceStrategy
    /// The manager that changed fields are put down to.
    let manager: String
    let now: Timestamp

    init(_ context: RequestContext, options: WriteOptions, rest: REST) {
        self.context = context
        self.options = options
        strategy = rest.strategy(of: context.resource)
        manager = FieldManager.name(
            explicit: options.fieldManager, userAgent: context.request.headers["user-agent"] ?? "unknown")
        now = rest.clock.now()
    }

    var resource: ResourceDefinition { context.resource }
    var subresource: String { context.target.subresource }

    /// The keeper of field ownership for the part of the object that is written.
    var fieldManager: FieldManager {
        FieldManager(
            kind: resource.kind, schema: resource.schema, subresource: subresource,
            resetFields: strategy.resetFields(subresource: subresource))
    }

    /// What admission is asked about.
    func admissionRequest(
        _ operation: AdmissionRequest.Operation, object: Value?, old: Value?, name: String
    ) -> AdmissionRequest {
        AdmissionRequest(
            operation: operation, kind: resource.kind,
            resource: GroupVersionResource(
                group: resource.group, version: resource.version, resource: resource.plural),
            subresource: subresource, namespace: resource.isNamespaced ? context.target.namespace : "",
            name: name,
            user: context.user, object: object, oldObject: old, isDryRun: options.isDryRun)
    }

    /// The object of a document: of the right kind, in the form in which it is stored, defaulted.
    ///
    /// - Parameter found: receives what the client is warned of.
    /// - Throws: `badRequest` for another kind, for values of wrong types and, where the client asks for strict
    ///   validation, for unknown and duplicate fields.
    func decode(_ document: BodyReader.Document, body: [UInt8], found: inout [String]) throws(APIError)
        -> Value
    {
        var object = document.object
        try KindCheck.check(&object, resource: resource, body: body)
        let unknown = try strategy.normalize(&object)
        let faults = DecodingFaults.strictMessages(unknown: unknown, duplicates: document.duplicates)
        switch options.fieldValidation {
        case .ignore: break
        case .warn: found += faults
        case .strict: if !faults.isEmpty { throw DecodingFaults.strictFailure(of: resource.kind, faults) }
        }
        return object
    }

    /// Throws the failure that an object with faults is answered with.
    func refuse(_ faults: [FieldError], name: String) throws(APIError) {
        guard !faults.isEmpty else { return }
        throw .invalid(resource.groupKind, name: name, errors: faults)
    }
}
