import KubeModel
import Manifest

/// Carries out requests to resources: every verb on every stored kind, built-in and custom alike.
struct REST: Sendable {
    let store: Store
    let registry: ResourceRegistry
    let admission: AdmissionChain
    let reviews: Reviews
    let tables: TableRenderer
    let clock: ServerClock
    let identifiers: IdentifierSource
    let accounts: ServiceAccountTokens
    let kinds: KindContext
    let logs: (any PodLogs)?

    /// How long a watch lasts that names no time.
    static let watchTimeout: Duration = .seconds(3600)

    /// Carries out a request that is authenticated and authorised.
    func answer(_ context: RequestContext) async throws(APIError) -> APIResponse {
        guard context.target.subresource.isEmpty else { return try await answerSubresource(context) }
        guard context.allows(context.info.verb) else { throw .generic(code: 405) }
        switch context.info.verb {
        case "get": return try get(context)
        case "list": return try list(context)
        case "watch": return try watch(context)
        case "create": return try await create(context)
        case "update": return try await update(context)
        case "patch": return try await patch(context)
        case "delete": return try await delete(context)
        case "deletecollection": return try await deleteCollection(context)
        default: throw .generic(code: 405)
        }
    }

    private func answerSubresource(_ context: RequestContext) async throws(APIError) -> APIResponse {
        guard let subresource = context.resource.subresource(context.target.subresource) else {
            throw context.resource.custom == nil ? .generic(code: 404) : context.notFound
        }
        guard let verb = Verbs(name: context.info.verb), subresource.verbs.contains(verb) else {
            guard context.resource.custom == nil else {
                throw .methodNotSupported(context.resource.groupResource, action: context.info.verb)
            }
            throw .generic(code: 405)
        }
        switch (subresource.name, context.info.verb) {
        case ("status", "get"), ("ephemeralcontainers", "get"), ("resize", "get"): return try get(context)
        case ("status", "update"), ("ephemeralcontainers", "update"), ("resize", "update"),
            ("finalize", "update"):
            return try await update(context)
        case ("status", "patch"), ("ephemeralcontainers", "patch"), ("resize", "patch"):
            return try await patch(context)
        case ("scale", "get"): return try getScale(context)
        case ("scale", "update"): return try await updateScale(context)
        case ("scale", "patch"): return try await patchScale(context)
        case ("eviction", "create"): return try await evict(context)
        case ("binding", "create"): return try await bind(context)
        case ("token", "create"): return try await createToken(context)
        case ("log", "get"): return try log(context)
        default:
            throw .serviceUnavailable(
                "the \(subresource.name) subresource needs a node, and this server has none")
        }
    }

    /// The current state of the request's object.
    func stored(_ context: RequestContext) throws(APIError) -> StoredObject {
        guard let object = store.object(context.key()) else { throw context.notFound }
        return object
    }

    /// Runs a write on the store, with every failure as an answer to the client.
    func write<Extra: Sendable>(
        _ key: ObjectKey, _ decide: (StoredObject?) async throws -> (Store.Change, Extra)
    ) async throws(APIError) -> (object: StoredObject?, extra: Extra) {
        do {
            return try await store.write(key, decide)
        } catch let error as APIError {
            throw error
        } catch let error as ServerError {
            throw error.code == .closed ? .serviceUnavailable(error.message) : .internalError(error.message)
        } catch {
            throw .internalError("\(error)")
        }
    }
}

extension RequestContext {
    /// Whether the address of the request and its resource allow a verb.
    fileprivate func allows(_ verb: String) -> Bool {
        guard let verb = Verbs(name: verb), resource.verbs.contains(verb) else { return false }
        if verb == .update || verb == .patch { return !target.name.isEmpty }
        if verb == .create {
            return target.name.isEmpty && (!resource.isNamespaced || !target.namespace.isEmpty)
        }
        if verb == .deleteCollection { return !resource.isNamespaced || !target.namespace.isEmpty }
        return true
    }
}

extension Verbs {
    /// The verb of a name as discovery lists it.
    init?(name: String) {
        guard let verb = Self.byName[name] else { return nil }
        self = verb
    }

    private static let byName: [String: Verbs] = [
        "create": .create, "delete": .delete, "deletecollection": .deleteCollection, "get": .get,
        "list": .list,
        "patch": .patch, "update": .update, "watch": .watch,
    ]
}
