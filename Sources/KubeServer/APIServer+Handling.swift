public import KubeModel
import Manifest

extension APIServer {
    /// Answers one request.
    ///
    /// - Parameter user: who makes it; nil to find out from its `Authorization` header.
    public func handle(_ request: APIRequest, as user: User? = nil) async -> APIResponse {
        var response: APIResponse
        do throws(APIError) {
            response = try await answer(request, as: user)
        } catch {
            response = .status(error)
        }
        if request.method == .head { response.body = .bytes([]) }
        return response
    }

    private func answer(_ request: APIRequest, as known: User?) async throws(APIError) -> APIResponse {
        guard let info = RequestInfo(request) else { throw .badRequest("the path is not properly escaped") }
        let user = try await authenticated(request, known)
        guard let target = info.resource else {
            try await authorize(AccessRequest(user: user, target: .path(info.path, verb: info.verb)))
            return try answerPath(info.path, request)
        }
        try await authorize(AccessRequest(user: user, target: .resource(info.accessTarget(target, request))))
        let snapshot = registry.current
        guard
            let resource = snapshot.resource(
                group: target.group, version: target.version, plural: target.plural),
            target.rest.isEmpty || Self.takesRest(target.subresource)
        else {
            guard target.group.isEmpty || ResourceRegistry.Snapshot.builtin.group(target.group) != nil else {
                return .pageNotFound
            }
            throw .generic(code: 404)
        }
        guard resource.isNamespaced || target.namespace.isEmpty || target.plural == "namespaces" else {
            throw .generic(code: 404)
        }
        let isList = target.name.isEmpty
        let form = try ContentNegotiation.answerForm(
            for: request,
            shapes: isList ? [.table, .partialList, .partialObject] : [.table, .partialObject],
            supported: resource.mediaTypes)
        let context = RequestContext(
            request: request, info: info, target: target, resource: resource, user: user, form: form,
            warnings: WarningCollector())
        if let warning = resource.custom?.deprecationWarning { context.warnings.add(warning) }
        return try await rest.answer(context)
    }

    private static func takesRest(_ subresource: String) -> Bool { subresource == "proxy" }

    private func authenticated(_ request: APIRequest, _ known: User?) async throws(APIError) -> User {
        if let known { return known }
        switch await authenticator.authenticate(request.headers) {
        case .user(let user):
            return try await Impersonation(authorizer: authorizer).user(behind: request.headers, of: user)
        case .rejected: throw .unauthorized("Unauthorized")
        }
    }

    private func authorize(_ request: AccessRequest) async throws(APIError) {
        switch await authorizer.authorize(request) {
        case .allowed: return
        case .denied(let reason):
            // Who may not change the object may still be allowed to steer it; admission looks at what changes.
            if let steering = request.steering, await authorizer.authorize(steering).isAllowed { return }
            throw request.forbidden(reason: reason)
        }
    }

    /// The answer to a request that is for no resource.
    private func answerPath(_ path: String, _ request: APIRequest) throws(APIError) -> APIResponse {
        guard request.method == .get || request.method == .head else { throw .generic(code: 405) }
        if let answer = health(path, request) { return answer }
        if let answer = discovery.answer(path: path) { return answer }
        if let answer = try openAPI.answer(path: path, accept: request.headers["accept"]) { return answer }
        let parts = path.split(separator: "/").map(String.init)
        if parts.first == "api"
            || (parts.count > 2 && parts[0] == "apis"
                && ResourceRegistry.Snapshot.builtin.group(parts[1]) != nil)
        {
            throw .generic(code: 404)
        }
        return .pageNotFound
    }
}

extension RequestInfo {
    /// The request in the terms of roles.
    fileprivate func accessTarget(_ target: Resource, _ request: APIRequest) -> AccessRequest.ResourceTarget {
        var name = target.name
        // A list of one name is judged as if it were a request for it.
        if name.isEmpty, ["list", "watch", "deletecollection"].contains(verb),
            let text = request.parameter("fieldSelector"), let selector = try? FieldSelector(parsing: text)
        {
            name = selector.exactValue(of: "metadata.name") ?? ""
        }
        return AccessRequest.ResourceTarget(
            verb: verb, group: target.group, version: target.version, resource: target.plural,
            subresource: target.subresource, namespace: target.namespace, name: name)
    }
}

extension APIResponse {
    /// A failure as a `Status`.
    static func status(_ error: APIError) -> APIResponse {
        var response = APIResponse.json(error.status.value, status: error.code == 0 ? 500 : error.code)
        if let seconds = error.status.details?.retryAfterSeconds, seconds > 0 {
            response.headers["Retry-After"] = String(seconds)
        }
        return response
    }

    /// What upstream answers to a path that nothing serves.
    static let pageNotFound = APIResponse.text("404 page not found\n", status: 404)

    static func text(_ text: String, status: Int = 200) -> APIResponse {
        APIResponse(
            status: status,
            headers: ["Content-Type": "text/plain; charset=utf-8", "X-Content-Type-Options": "nosniff"],
            body: .bytes(Array(text.utf8)))
    }
}
