import KubeModel
import Manifest

extension REST {
    func update(_ context: RequestContext) async throws(APIError) -> APIResponse {
        let options = try WriteOptions(context.query, kind: "UpdateOptions")
        let write = ObjectWrite(context, options: options, rest: self)
        let document = try BodyReader.read(
            context.request, expecting: context.resource.kind.kind, supported: context.resource.mediaTypes)
        var warnings: [String] = []
        var object = try write.decode(document, body: context.request.body, found: &warnings)
        try fillNamespace(&object, context)
        try checkName(object, context)
        return try await update(write) { current in
            var new = object
            guard let current else {
                guard write.strategy.allowsCreateOnUpdate, write.subresource.isEmpty else {
                    throw context.notFound
                }
                new = write.fieldManager.update(live: nil, new: new, manager: write.manager, at: write.now)
                return .create(new, warnings)
            }
            try checkIdentity(of: new, current, context)
            // Clients that leave the version out overwrite whatever is there.
            if new.metadata.resourceVersion.isEmpty {
                guard write.strategy.allowsUnconditionalUpdate else {
                    throw APIError.invalid(
                        context.resource.groupKind, name: context.target.name,
                        errors: [
                            .invalid(
                                FieldPath("metadata", "resourceVersion"), .integer(0),
                                "must be specified for an update")
                        ])
                }
                new.metadata.resourceVersion = current.metadata.resourceVersion
            }
            new = write.fieldManager.update(live: current, new: new, manager: write.manager, at: write.now)
            return .update(new, warnings)
        }
    }

    /// What a request makes of the current object.
    enum Draft: Sendable {
        case create(Value, [String])
        /// The object as asked for, owners included, with what to warn of.
        case update(Value, [String])
    }

    /// Runs a write of the request's object: `make` says what it becomes, the rest is the same for all verbs.
    func update(
        _ write: ObjectWrite, _ make: (Value?) throws -> Draft
    ) async throws(APIError) -> APIResponse {
        let context = write.context
        let result = try await self.write(context.key()) { stored in
            let current = try stored.map { object throws(APIError) in try context.renderer.value(object) }
            switch (try make(current), current) {
            case (.create(let new, let warnings), _):
                var request = write.admissionRequest(
                    .create, object: new, old: nil, name: context.target.name)
                try await admission.mutate(&request)
                let created = try await finish(new: request.object ?? new, &request, write, warnings)
                let (change, object) = try change(to: created, write)
                return (change, (object, 201))
            case (.update(let new, let warnings), let current?):
                let updated = try await prepared(new, since: current, write, warnings)
                return (try change(from: current, to: updated, write), (updated, 200))
            case (.update, nil): throw context.notFound
            }
        }
        if let object = result.object, !write.options.isDryRun {
            return try answer(object, context, status: result.extra.1)
        }
        return try answer(result.extra.0, context, status: result.extra.1)
    }

    /// A changed object after admission, preparation and validation.
    func prepared(
        _ new: Value, since current: Value, _ write: ObjectWrite, _ warnings: [String]
    ) async throws -> Value {
        let context = write.context
        var request = write.admissionRequest(.update, object: new, old: current, name: context.target.name)
        try await admission.mutate(&request)
        var object = request.object ?? new
        try checkVersion(of: object, current, context)
        keepSystemFields(of: current, in: &object)
        write.strategy.prepareForUpdate(&object, old: current, subresource: write.subresource)
        let faults = write.strategy.faults(ofUpdate: object, since: current, subresource: write.subresource)
        try write.refuse(faults, name: context.target.name)
        object = ManagedFields.keepingTimes(of: current, in: object)
        request.object = object
        try await admission.validate(request)
        context.warnings.replaceAll(warnings + write.strategy.warnings(for: object, old: current))
        return object
    }

    /// The change that stores an update: nothing where nothing changed, and the end of an object that was only
    /// waiting for its finalizers.
    func change(from current: Value, to updated: Value, _ write: ObjectWrite) throws(APIError) -> Store.Change
    {
        if write.options.isDryRun { return .none }
        if Deletion.isComplete(updated, wasDeleting: current.metadata.isDeleting) {
            return .delete(try ObjectCoding.draft(write.context.renderer.stored(updated)))
        }
        if updated == current { return .none }
        return .put(try ObjectCoding.draft(write.context.renderer.stored(updated)))
    }

    /// Refuses an update of another state of the object than the client has read.
    private func checkVersion(of object: Value, _ current: Value, _ context: RequestContext) throws(APIError)
    {
        let (wanted, present) = (object.metadata.resourceVersion, current.metadata.resourceVersion)
        if wanted.isEmpty || wanted == present { return }
        guard UInt64(wanted) != nil else {
            throw .plain("strconv.ParseUint: parsing \(GoFormat.quoted(wanted)): invalid syntax")
        }
        throw .modified(context.resource.groupResource, name: context.target.name)
    }

    /// Refuses the replacement of another object than the client has read. A patch that would change the
    /// `uid` is for validation to refuse.
    private func checkIdentity(of object: Value, _ current: Value, _ context: RequestContext) throws(APIError)
    {
        let (wanted, present) = (object.metadata.uid, current.metadata.uid)
        if wanted.isEmpty || wanted == present { return }
        throw .conflict(
            context.resource.groupResource, name: context.target.name,
            "Precondition failed: UID in precondition: \(wanted), UID in object meta: \(present)")
    }

    /// Takes over what no update changes.
    private func keepSystemFields(of current: Value, in object: inout Value) {
        let present = current.metadata
        object.metadata.resourceVersion = present.resourceVersion
        if object.metadata.uid.isEmpty { object.metadata.uid = present.uid }
        object.metadata.creationTimestamp = present.creationTimestamp
        object.metadata.generation = present.generation
        object.metadata.fields["selfLink"] = nil
        if present.isDeleting {
            object.metadata.deletionTimestamp = present.deletionTimestamp
            object.metadata.deletionGracePeriodSeconds = present.deletionGracePeriodSeconds
        } else {
            object.metadata.deletionTimestamp = nil
            object.metadata.deletionGracePeriodSeconds = nil
        }
    }

    /// Refuses an object whose name is not the one in the address.
    func checkName(_ object: Value, _ context: RequestContext) throws(APIError) {
        let (found, wanted) = (object.metadata.name, context.target.name)
        if found.isEmpty {
            throw .badRequest(
                "the name of the object (\(wanted) based on URL) was undeterminable: name must be provided")
        }
        guard found == wanted else {
            throw .badRequest(
                "the name of the object (\(found)) does not match the name on the URL (\(wanted))")
        }
    }
}
