import KubeModel
import Manifest

extension REST {
    func delete(_ context: RequestContext) async throws(APIError) -> APIResponse {
        let options = try DeleteOptions(context.request)
        let outcome = try await delete(context, name: context.target.name, options)
        switch outcome {
        case .gone(let last):
            if Deletion.answeredWithObject.contains(context.resource.kind.kind),
                context.resource.custom == nil
            {
                return try answer(last, context)
            }
            return response(Self.success(last, context.resource.groupResource), context)
        case .waiting(let object):
            // Whoever asked for dependents to go first is told that this has only begun.
            return try answer(object, context, status: options.orphansDependents == false ? 202 : 200)
        }
    }

    /// What a deletion has led to.
    enum DeletionOutcome: Sendable {
        /// The object is gone; the value is its last state.
        case gone(Value)
        /// The object waits for its finalizers or its grace period.
        case waiting(Value)
    }

    /// Deletes one object of the request's resource and namespace.
    func delete(
        _ context: RequestContext, name: String, _ options: DeleteOptions
    ) async throws(APIError) -> DeletionOutcome {
        let resource = context.resource
        let now = clock.now()
        let result = try await write(context.key(name: name)) { stored -> (Store.Change, DeletionOutcome) in
            guard let stored else { throw APIError.notFound(resource.groupResource, name: name) }
            let object = try context.renderer.value(stored)
            try options.checkPreconditions(object, kind: resource.kind)
            let request = AdmissionRequest(
                operation: .delete, kind: resource.kind,
                resource: GroupVersionResource(
                    group: resource.group, version: resource.version, resource: resource.plural),
                namespace: resource.isNamespaced ? context.target.namespace : "", name: name,
                user: context.user,
                object: nil, oldObject: object, isDryRun: options.isDryRun)
            try await admission.validate(request)
            switch Deletion(object, kind: resource.kind, options: options, now: now) {
            case .pending: return (.none, .waiting(object))
            case .now(let last):
                let draft = try ObjectCoding.draft(context.renderer.stored(last))
                return (options.isDryRun ? .none : .delete(draft), .gone(last))
            case .later(let marked):
                let draft = try ObjectCoding.draft(context.renderer.stored(marked))
                return (options.isDryRun ? .none : .put(draft), .waiting(marked))
            }
        }
        if case .waiting = result.extra, !options.isDryRun, let object = result.object {
            return .waiting(try context.renderer.value(object))
        }
        return result.extra
    }

    func deleteCollection(_ context: RequestContext) async throws(APIError) -> APIResponse {
        let options = try DeleteOptions(context.request)
        let listOptions = try ListOptions(context.query, isWatch: false)
        let page = try ListPage(
            of: context.resource.storage.resource.description, in: store,
            selection: try selection(context, listOptions), options: listOptions)
        for object in page.objects {
            do throws(APIError) {
                _ = try await delete(context, name: object.name, options)
            } catch {
                // Somebody else was faster.
                guard error.isNotFound else { throw error }
            }
        }
        return try answer(page, context)
    }

    private static func success(_ last: Value, _ resource: GroupResource) -> Value {
        APIStatus(
            .success, code: 0, reason: .unknown, message: "",
            details: APIStatus.Details(
                name: last.metadata.name, group: resource.group, kind: resource.resource,
                uid: last.metadata.uid)
        ).value
    }
}
