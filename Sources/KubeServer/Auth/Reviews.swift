import KubeModel
import Manifest

/// Answers the objects that are questions: access reviews, token reviews, `kubectl auth whoami`.
struct Reviews: Sendable {
    let authorizer: any Authorizer
    /// Lists what a user may do; nil where the authorizer cannot be asked for rules.
    let rules: (@Sendable (_ user: User, _ namespace: String) -> [PolicyRule])?
    let authenticator: Authenticator

    /// The kinds that are answered here; objects of them are never stored.
    static let kinds: Set<String> = [
        "SelfSubjectAccessReview", "SubjectAccessReview", "LocalSubjectAccessReview",
        "SelfSubjectRulesReview",
        "SelfSubjectReview", "TokenReview",
    ]

    /// The object with its `status` filled in.
    ///
    /// - Parameters:
    ///   - resource: one of the resources that can only be created.
    ///   - namespace: the namespace of the request, empty for cluster-scoped reviews.
    func answer(
        _ object: Value, resource: ResourceDefinition, namespace: String, user: User
    ) async throws(APIError) -> Value {
        var answer = object
        switch resource.kind.kind {
        case "SelfSubjectReview":
            answer["status"] = ["userInfo": Self.info(user)]
        case "TokenReview":
            answer["status"] = try await tokenStatus(object)
        case "SelfSubjectRulesReview":
            answer["status"] = try rulesStatus(object, user: user)
        case "SelfSubjectAccessReview":
            try Self.check(object, resource, namespace: nil)
            answer["status"] = await accessStatus(object, user: user)
        default:
            try Self.check(object, resource, namespace: resource.isNamespaced ? namespace : nil)
            answer["status"] = await accessStatus(object, user: Self.subject(of: object))
        }
        return answer
    }

    private func accessStatus(_ object: Value, user: User) async -> Value {
        let decision = await authorizer.authorize(AccessRequest(user: user, target: Self.target(of: object)))
        var status: Object = ["allowed": .bool(decision.isAllowed)]
        switch decision {
        case .allowed(let reason), .denied(let reason):
            if !reason.isEmpty { status["reason"] = .string(reason) }
        }
        return .object(status)
    }

    private static func target(of object: Value) -> AccessRequest.Target {
        guard let wanted = object["spec", "resourceAttributes"] else {
            let path = object["spec", "nonResourceAttributes"] ?? .emptyObject
            return .path(path.text("path"), verb: path.text("verb"))
        }
        return .resource(
            AccessRequest.ResourceTarget(
                verb: wanted.text("verb"), group: wanted.text("group"), version: wanted.text("version"),
                resource: wanted.text("resource"), subresource: wanted.text("subresource"),
                namespace: wanted.text("namespace"), name: wanted.text("name")))
    }

    private static func subject(of object: Value) -> User {
        var extra: [String: [String]] = [:]
        for pair in object["spec", "extra"]?.objectValue ?? Object() {
            extra[pair.key] = pair.value.arrayValue?.compactMap(\.stringValue) ?? []
        }
        return User(
            name: object.text("spec", "user"), uid: object.text("spec", "uid"),
            groups: object.texts("spec", "groups"), extra: extra)
    }

    /// The user as reviews show it.
    static func info(_ user: User) -> Value {
        var info: Object = ["username": .string(user.name)]
        if !user.uid.isEmpty { info["uid"] = .string(user.uid) }
        if !user.groups.isEmpty { info["groups"] = .array(user.groups.map(Value.string)) }
        if !user.extra.isEmpty {
            info["extra"] = .object(
                Object(
                    user.extra.sorted { $0.key < $1.key }.map {
                        Object.Pair(key: $0.key, value: .array($0.value.map(Value.string)))
                    }))
        }
        return .object(info)
    }

    private func tokenStatus(_ object: Value) async throws(APIError) -> Value {
        let token = object.text("spec", "token")
        guard !token.isEmpty else {
            throw .badRequest("token is required for TokenReview in authentication")
        }
        switch await authenticator.authenticate(["authorization": "Bearer \(token)"]) {
        case .user(let user): return ["authenticated": true, "user": Self.info(user)]
        case .rejected: return ["error": "invalid bearer token", "user": [:]]
        }
    }

    private func rulesStatus(_ object: Value, user: User) throws(APIError) -> Value {
        let namespace = object.text("spec", "namespace")
        guard !namespace.isEmpty else { throw .badRequest("no namespace on request") }
        let all = rules?(user, namespace) ?? []
        return [
            "resourceRules": .array(all.filter { !$0.resources.isEmpty }.map(\.value)),
            "nonResourceRules": .array(all.filter { !$0.paths.isEmpty }.map(\.value)),
            "incomplete": .bool(rules == nil),
        ]
    }
}

extension Reviews {
    /// Refuses reviews that do not say what they ask about.
    ///
    /// - Parameter namespace: for reviews within a namespace, the one of the request.
    private static func check(
        _ object: Value, _ resource: ResourceDefinition, namespace: String?
    ) throws(APIError) {
        let spec = FieldPath("spec")
        var faults: [FieldError] = []
        let attributes = object["spec", "resourceAttributes"]
        let path = object["spec", "nonResourceAttributes"]
        if let path, attributes != nil {
            faults.append(
                .invalid(
                    spec.child("nonResourceAttributes"), path,
                    "cannot be specified in combination with resourceAttributes"))
        }
        if attributes == nil, path == nil {
            faults.append(
                .invalid(
                    spec.child("resourceAttributes"), .null,
                    "exactly one of nonResourceAttributes or resourceAttributes must be specified"))
        }
        if resource.kind.kind != "SelfSubjectAccessReview", object.text("spec", "user").isEmpty,
            object.texts("spec", "groups").isEmpty
        {
            faults.append(
                .invalid(spec.child("user"), "", "at least one of user or group must be specified"))
        }
        if let namespace, let asked = attributes?.text("namespace"), asked != namespace {
            faults.append(
                .invalid(
                    spec.child("resourceAttributes", "namespace"), .string(asked),
                    "must match metadata.namespace"))
        }
        if !faults.isEmpty { throw .invalid(resource.groupKind, name: "", errors: faults) }
    }
}
