import KubeClient
import KubeModel
import Manifest

/// Performs what a sync wants done to the cluster, one action at a time.
struct SyncExecutor: Sendable {
    let client: KubeClient
    let live: LiveState
    let differ: ObjectDiffer
    let options: ApplicationSyncOptions
    /// Who syncs what, for the audit log.
    let actor: String
    let application: String
    let revision: String
    /// What tells this sync's hooks from those of others.
    let operation: String
    let timeline: Timeline

    /// What an action has led to.
    struct Outcome: Sendable {
        var events: [SyncEvent]
        var record: AuditRecord?
        /// The object as the server answered it.
        var object: Value?
    }

    /// Applies the object of a task.
    func apply(_ task: SyncTask, _ target: ApplicationTarget) async throws -> Outcome {
        let before = live[task.key]
        let secret = SecretWords(target.value)
        var record = AuditRecord(
            time: timeline.date, actor: actor, application: application, revision: revision,
            action: task.work == .hook ? .hook : .apply, key: task.key, before: before?.fingerprint ?? "",
            after: "")
        do {
            let object = try await write(task, target, before, &record)
            let summary = LiveSummary(of: object)
            record.after = summary.fingerprint
            var events: [SyncEvent] = [.applied(task.id)]
            // What has no health, or is well already, need not be waited for.
            let health = Health.assess(object)
            if health == nil || health?.status == .healthy {
                events.append(.observed(task.id, .present(health)))
            }
            return Outcome(events: events, record: record, object: object)
        } catch {
            try Task.checkCancellation()
            record.fault = Self.message("\(error)", hiding: secret)
            return Outcome(events: [.refused(task.id, record.fault)], record: record)
        }
    }

    private func write(
        _ task: SyncTask, _ target: ApplicationTarget, _ before: LiveSummary?, _ record: inout AuditRecord
    ) async throws -> Value {
        let mapping = try await live.mapper.mapping(for: target.kind)
        let namespace = mapping.isNamespaced ? task.key.namespace : nil
        var object = target.value
        object.metadata.name = task.key.name
        object.metadata.fields["generateName"] = nil
        if task.work == .hook {
            var mark = target.mark
            mark?.key.name = task.key.name
            object.metadata.annotations[TrackingID.annotation] = mark?.description
            object.metadata.annotations[LiveSummary.hookAnnotation] = "\(operation)/\(task.phase.rawValue)"
            object.metadata.finalizers += [Health.hookFinalizer]
        }
        if options.respectsIgnoredDifferences, let current = try await live.fetch(task.key, mapping) {
            object = differ.respectingIgnored(object, live: current)
        }
        var write = WriteOptions()
        write.fieldManager = KindCatalog.fieldManager
        write.fieldValidation = task.options.skipsValidation ? .ignore : .strict
        if task.options.replace == true {
            return try await replace(object, mapping, namespace, task.options, write, &record)
        }
        do {
            if task.options.serverSideApply == false {
                return try await applyClientSide(object, mapping, namespace, write)
            }
            if before?.hasPredecessor == true, options.migrates {
                try await adopt(task.key, mapping, namespace)
            }
            return try await client.apply(
                mapping.resource, object, namespace: namespace, fieldManager: KindCatalog.fieldManager,
                force: true,
                options: write)
        } catch let error as APIError where task.options.force && error.code == 422 && before != nil {
            // Something in the object can only be set when it is made.
            return try await recreate(object, mapping, namespace, write, &record)
        }
    }

    /// Applies an object as kubectl does without server-side apply.
    private func applyClientSide(
        _ object: Value, _ mapping: RESTMapping, _ namespace: String?, _ write: WriteOptions
    ) async throws -> Value {
        var write = write
        write.fieldManager = FieldAdoption.clientSideManager
        let apply = ClientSideApply(object)
        let name = object.metadata.name
        do {
            let current = try await client.get(mapping.resource, name, namespace: namespace)
            return try await client.patch(
                mapping.resource, name, namespace: namespace, try apply.patch(for: current), options: write)
        } catch let error as APIError where error.isNotFound {
            return try await client.create(
                mapping.resource, apply.target, namespace: namespace, options: write)
        }
    }

    /// Takes over the fields of whoever applied the object before.
    private func adopt(_ key: ResourceKey, _ mapping: RESTMapping, _ namespace: String?) async throws {
        guard let current = try await live.fetch(key, mapping),
            let fields = FieldAdoption.adopted(current)?["metadata", "managedFields"]
        else { return }
        let patch: Value = [
            "metadata": [
                "managedFields": fields, "resourceVersion": .string(current.metadata.resourceVersion),
            ]
        ]
        try await client.patch(mapping.resource, key.name, namespace: namespace, .merge(patch))
    }

    /// Replaces an object as a whole, or makes it anew where that is asked for.
    private func replace(
        _ object: Value, _ mapping: RESTMapping, _ namespace: String?, _ options: ResourceSyncOptions,
        _ write: WriteOptions, _ record: inout AuditRecord
    ) async throws -> Value {
        record.action = .replace
        var object = object
        let current: Value
        do {
            current = try await client.get(mapping.resource, object.metadata.name, namespace: namespace)
        } catch let error as APIError where error.isNotFound {
            record.action = .create
            return try await client.create(mapping.resource, object, namespace: namespace, options: write)
        }
        // Never for what takes everything inside along with it.
        let isContainer = ["Namespace", "CustomResourceDefinition"].contains(object.kind)
        if options.force, !isContainer {
            return try await recreate(object, mapping, namespace, write, &record)
        }
        object.metadata.resourceVersion = current.metadata.resourceVersion
        return try await client.update(mapping.resource, object, namespace: namespace, options: write)
    }

    private func recreate(
        _ object: Value, _ mapping: RESTMapping, _ namespace: String?, _ write: WriteOptions,
        _ record: inout AuditRecord
    ) async throws -> Value {
        record.action = .replace
        var deletion = DeleteOptions()
        deletion.propagation = .background
        deletion.gracePeriodSeconds = 0
        try await client.delete(
            mapping.resource, object.metadata.name, namespace: namespace, options: deletion)
        let deadline = timeline.now + .seconds(30)
        while true {
            do {
                return try await client.create(mapping.resource, object, namespace: namespace, options: write)
            } catch let error as APIError where error.code == 409 && timeline.now < deadline {
                // The old one is not gone yet.
                try await timeline.sleep(for: .milliseconds(100))
            }
        }
    }

    /// Removes a hook of a former sync.
    func clearHook(_ task: SyncTask) async throws -> Outcome {
        do {
            try await releaseHook(task, deletes: true)
            return Outcome(events: [])
        } catch {
            try Task.checkCancellation()
            return Outcome(events: [.refused(task.id, Self.message("\(error)"))])
        }
    }

    /// Takes our finalizer from a hook and deletes it where that is said.
    func releaseHook(_ task: SyncTask, deletes: Bool) async throws {
        let kind = GroupVersionKind(group: task.key.group, version: task.version, kind: task.key.kind)
        do {
            let mapping = try await live.mapper.mapping(for: kind)
            let namespace = mapping.isNamespaced ? task.key.namespace : nil
            if deletes {
                var deletion = DeleteOptions()
                deletion.propagation = .background
                try await client.delete(
                    mapping.resource, task.key.name, namespace: namespace, options: deletion)
            }
            let object = try await client.get(mapping.resource, task.key.name, namespace: namespace)
            let finalizers = object.metadata.finalizers
            guard finalizers.contains(Health.hookFinalizer) else { return }
            let rest = finalizers.filter { $0 != Health.hookFinalizer }
            let patch: Value = [
                "metadata": [
                    "finalizers": .array(rest.map { .string($0) }),
                    "resourceVersion": .string(object.metadata.resourceVersion),
                ]
            ]
            try await client.patch(mapping.resource, task.key.name, namespace: namespace, .merge(patch))
        } catch let error as APIError where error.isNotFound {
            return
        }
    }

    /// Tries an object without effect; answers why the server refuses it, nil where it does not.
    func validate(_ task: SyncTask, _ target: ApplicationTarget, plan: SyncPlan) async throws -> String? {
        let secret = SecretWords(target.value)
        return try await refusal(task, target, plan: plan).map { Self.message($0, hiding: secret) }
    }

    private func refusal(_ task: SyncTask, _ target: ApplicationTarget, plan: SyncPlan) async throws
        -> String?
    {
        do {
            let mapping = try await live.mapper.mapping(for: target.kind)
            var object = target.value
            object.metadata.name = task.key.name
            object.metadata.fields["generateName"] = nil
            var write = WriteOptions()
            write.isDryRun = true
            write.fieldValidation = task.options.skipsValidation ? .ignore : .strict
            try await client.apply(
                mapping.resource, object, namespace: mapping.isNamespaced ? task.key.namespace : nil,
                fieldManager: KindCatalog.fieldManager, force: true, options: write)
            return nil
        } catch let error as KubeClientError where error.code == .noMatch {
            let definesIt = plan.tasks.contains { $0.key.kind == "CustomResourceDefinition" }
            return definesIt || task.options.skipsDryRunOnMissingKind ? nil : "\(error)"
        } catch let error as APIError where error.isNotFound {
            // The namespace comes with the same sync.
            let isMade = plan.tasks.contains {
                $0.key.kind == "Namespace" && $0.key.name == task.key.namespace
            }
            return isMade || options.createsNamespace ? nil : "\(error)"
        } catch let error as APIError
            where error.code == 422 && (task.options.force || task.options.replace == true)
        {
            return nil
        } catch let error as APIError {
            return "\(error)"
        }
    }

    /// What a failure is told as: without a secret's values, and not too long.
    static func message(_ text: String, hiding secret: SecretWords? = nil) -> String {
        (secret?.masked(text) ?? text).shortened(to: 500)
    }
}

extension String {
    /// The text with its middle left out where it is longer: a server's refusal repeats the value before it says why.
    func shortened(to limit: Int) -> String {
        guard count > limit else { return self }
        let head = limit / 3
        return "\(prefix(head)) … \(suffix(limit - head - 3))"
    }
}
