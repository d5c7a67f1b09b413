import KubeModel
import Manifest

/// How an object is to be deleted (`metav1.DeleteOptions`), from the body or the query.
struct DeleteOptions: Sendable {
    /// What becomes of the objects that the deleted one owns.
    enum Propagation: String, Sendable {
        case background = "Background"
        case foreground = "Foreground"
        case orphan = "Orphan"
    }

    var gracePeriodSeconds: Int64?
    var uid: String?
    var resourceVersion: String?
    /// Nil where the caller leaves it to the kind.
    var propagation: Propagation?
    /// The deprecated predecessor of ``propagation``.
    var orphansDependents: Bool?
    var isDryRun = false

    /// No demands.
    init() {}

    /// Reads the options of a request. A body, where there is one, counts alone.
    ///
    /// - Throws: `badRequest` for what cannot be read, `invalid` for contradictions.
    init(_ request: APIRequest) throws(APIError) {
        let policy: String
        let dryRun: [String]
        if request.body.isEmpty {
            let query = QueryDecoder(parameters: request.query)
            gracePeriodSeconds = try query.integer("gracePeriodSeconds")
            orphansDependents = query.flag("orphanDependents")
            policy = query.text("propagationPolicy")
            dryRun = query.texts("dryRun")
        } else {
            let body = try BodyReader.document(of: request, expecting: "DeleteOptions")
            if let kind = body["kind"]?.stringValue, kind != "DeleteOptions" {
                throw .badRequest("decoded object cannot be converted to DeleteOptions")
            }
            gracePeriodSeconds = body["gracePeriodSeconds"]?.integerValue
            orphansDependents = body["orphanDependents"]?.boolValue
            policy = body["propagationPolicy"]?.stringValue ?? ""
            dryRun = body["dryRun"]?.arrayValue?.compactMap(\.stringValue) ?? []
            uid = body["preconditions"]?["uid"]?.stringValue
            resourceVersion = body["preconditions"]?["resourceVersion"]?.stringValue
        }
        isDryRun = !dryRun.isEmpty
        propagation = Propagation(rawValue: policy)
        let errors = Self.errors(policy: policy, orphansDependents: orphansDependents, dryRun: dryRun)
        guard errors.isEmpty else {
            throw .invalid(GroupKind(group: "meta.k8s.io", kind: "DeleteOptions"), name: "", errors: errors)
        }
    }

    private static func errors(policy: String, orphansDependents: Bool?, dryRun: [String]) -> [FieldError] {
        var errors: [FieldError] = []
        let path = FieldPath("propagationPolicy")
        if !policy.isEmpty, orphansDependents != nil {
            errors.append(
                .invalid(path, .string(policy), "orphanDependents and deletionPropagation cannot be both set")
            )
        }
        if !policy.isEmpty, Propagation(rawValue: policy) == nil {
            errors.append(
                .notSupported(
                    path, .string(policy), supported: ["Background", "Foreground", "Orphan", "nil"]))
        }
        return errors + WriteOptions.dryRunErrors(dryRun)
    }

    /// Refuses the deletion of another object, or another state of it, than the caller means.
    func checkPreconditions(_ object: Value, kind: GroupVersionKind) throws(APIError) {
        let resource = GroupResource(group: kind.group, resource: kind.kind)
        let metadata = object.metadata
        if let uid, uid != metadata.uid {
            throw .conflict(
                resource, name: metadata.name,
                "the UID in the precondition (\(uid)) does not match the UID in record (\(metadata.uid)). "
                    + "The object might have been deleted and then recreated")
        }
        if let resourceVersion, resourceVersion != metadata.resourceVersion {
            throw .conflict(
                resource, name: metadata.name,
                "the ResourceVersion in the precondition (\(resourceVersion)) does not match the ResourceVersion "
                    + "in record (\(metadata.resourceVersion)). The object might have been modified")
        }
    }
}
