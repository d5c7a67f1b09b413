import KubeModel
import Manifest

extension REST {
    /// How often a generated name is drawn anew when it is taken.
    private static let generationAttempts = 8

    func create(_ context: RequestContext) async throws(APIError) -> APIResponse {
        let options = try WriteOptions(context.query, kind: "CreateOptions")
        let write = ObjectWrite(context, options: options, rest: self)
        let document = try BodyReader.read(
            context.request, expecting: context.resource.kind.kind, supported: context.resource.mediaTypes)
        var warnings: [String] = []
        var object = try write.decode(document, body: context.request.body, found: &warnings)
        try fillNamespace(&object, context)
        if !context.resource.isStored {
            return try await answerReview(object, write)
        }
        if object.metadata.name.isEmpty, !object.metadata.generateName.isEmpty {
            return try await createWithGeneratedName(object, write, warnings)
        }
        return try await create(object, write, warnings)
    }

    private func createWithGeneratedName(
        _ object: Value, _ write: ObjectWrite, _ warnings: [String]
    ) async throws(APIError) -> APIResponse {
        // Room for the suffix within the longest name.
        let prefix = String(object.metadata.generateName.prefix(63 - 5))
        var last = ""
        for _ in 0..<Self.generationAttempts {
            var named = object
            last = prefix + identifiers.nameSuffix()
            named.metadata.name = last
            do throws(APIError) {
                return try await create(named, write, warnings)
            } catch {
                guard error.isAlreadyExists, error.status.details?.name == last else { throw error }
            }
        }
        throw .generatedNameExists(write.resource.groupResource, name: last, retryAfterSeconds: 1)
    }

    private func create(
        _ object: Value, _ write: ObjectWrite, _ warnings: [String]
    ) async throws(APIError) -> APIResponse {
        let context = write.context
        let name = object.metadata.name
        let result = try await self.write(context.key(name: name)) { current in
            let created = try await prepared(new: object, write, warnings)
            guard current == nil else {
                throw APIError.alreadyExists(context.resource.groupResource, name: name)
            }
            return try change(to: created, write)
        }
        if let object = result.object, !write.options.isDryRun {
            return try answer(object, context, status: 201)
        }
        return try answer(result.extra, context, status: 201)
    }

    /// A new object after ownership, admission, preparation and validation.
    func prepared(new object: Value, _ write: ObjectWrite, _ warnings: [String]) async throws -> Value {
        var object = object
        object = write.fieldManager.update(live: nil, new: object, manager: write.manager, at: write.now)
        var request = write.admissionRequest(.create, object: object, old: nil, name: object.metadata.name)
        try await admission.mutate(&request)
        object = request.object ?? object
        return try await finish(new: object, &request, write, warnings)
    }

    /// The second half of ``prepared(new:_:_:)``, for objects that already have their owners.
    func finish(
        new object: Value, _ request: inout AdmissionRequest, _ write: ObjectWrite, _ warnings: [String]
    ) async throws -> Value {
        var object = object
        object.metadata.uid = identifiers.uid()
        object.metadata.creationTimestamp = write.now
        object.metadata.deletionTimestamp = nil
        object.metadata.deletionGracePeriodSeconds = nil
        object.metadata.fields["selfLink"] = nil
        write.strategy.prepareForCreate(&object)
        try write.refuse(write.strategy.faults(ofNew: object), name: object.metadata.name)
        request.object = object
        try await admission.validate(request)
        guard (UInt64(object.metadata.resourceVersion) ?? 0) == 0 else {
            throw APIError.plain("resourceVersion should not be set on objects to be created")
        }
        write.context.warnings.replaceAll(warnings + write.strategy.warnings(for: object, old: nil))
        return object
    }

    /// The change that stores an object, or with dry run none.
    func change(to object: Value, _ write: ObjectWrite) throws(APIError) -> (Store.Change, Value) {
        if write.options.isDryRun { return (.none, object) }
        return (.put(try ObjectCoding.draft(write.context.renderer.stored(object))), object)
    }

    /// Puts the namespace of the request into an object that names none.
    func fillNamespace(_ object: inout Value, _ context: RequestContext) throws(APIError) {
        let (found, wanted) = (object.metadata.namespace, context.target.namespace)
        if !context.resource.isNamespaced {
            if !found.isEmpty { object.metadata.namespace = "" }
        } else if found.isEmpty {
            object.metadata.namespace = wanted
        } else if found != wanted {
            throw .badRequest(
                "the namespace of the provided object does not match the namespace sent on the request")
        }
    }

    /// Answers an object that is a question and is not stored.
    private func answerReview(_ object: Value, _ write: ObjectWrite) async throws(APIError) -> APIResponse {
        let context = write.context
        let owned = write.fieldManager.update(live: nil, new: object, manager: write.manager, at: write.now)
        let answer = try await reviews.answer(
            owned, resource: context.resource, namespace: context.target.namespace, user: context.user)
        return try self.answer(answer, context, status: 201)
    }
}

extension ResourceDefinition {
    /// The media types that bodies may have, as messages list them.
    var mediaTypes: [String] {
        custom == nil ? ContentNegotiation.builtinTypes : ContentNegotiation.customTypes
    }
}
