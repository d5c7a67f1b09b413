public import Manifest

extension FieldManager {
    /// The object with an applied configuration merged into it, and the ownership that follows.
    ///
    /// What the manager applied before and lists no longer is removed unless somebody else owns it. What others
    /// own with another value is a conflict, which `force` decides for the manager.
    ///
    /// - Parameters:
    ///   - live: the object as it is, nil where applying creates it.
    ///   - applied: the fields the manager wants, as the request spells them.
    ///   - manager: who applies; `kubectl` also takes over what client-side apply noted in the annotation
    ///     `kubectl.kubernetes.io/last-applied-configuration`.
    ///   - time: when; it is noted only where the object itself changes.
    /// - Returns: the merged object, which the caller has yet to default and validate.
    /// - Throws: ``APIError``: 409 with the conflicts, 400 for another kind or `managedFields` in the
    ///   configuration, 500 for one that does not fit the schema, in upstream's words.
    public func apply(
        live: Value?, applied: Value, manager: String, force: Bool, at time: Timestamp
    ) throws(APIError) -> Value {
        try check(applied)
        let before = try state(of: live, at: time)
        let owner = owner(manager, .apply)
        let after: State
        do throws(ApplyFault) {
            after = try merge(applied, into: before, owner: owner, force: force)
        } catch {
            guard manager == Self.kubectl, case .conflicts(let conflicts) = error,
                let allowed = fieldsOfClientSideApply(live: before.live)
            else { throw error.apiError }
            let others = conflicts.filter { !allowed.contains($0.path) }
            guard others.isEmpty else { throw ApplyFault.conflicts(others).apiError }
            do throws(ApplyFault) {
                after = try merge(applied, into: before, owner: owner, force: true)
            } catch { throw error.apiError }
        }
        var object = after.live.value
        var managed = after.managed
        if !object.isEquivalent(to: before.live.value) { managed.entries[owner]?.time = time }
        object = schema?.typedForm(of: object) ?? object
        if manager == Self.kubectl { Self.renewLastApplied(in: &object, from: applied) }
        managed.write(to: &object)
        return object
    }

    /// What applying a configuration would change, by force and without regard to who owns what.
    ///
    /// This is how drift is found: fields of the configuration whose live value differs are modified or added,
    /// fields that the manager dropped from it are removed.
    ///
    /// - Throws: ``APIError`` as ``apply(live:applied:manager:force:at:)`` does, but for conflicts.
    public func changes(live: Value?, applied: Value, manager: String) throws(APIError) -> Comparison {
        try check(applied)
        let before = try state(of: live, at: Timestamp(seconds: 0))
        do throws(ApplyFault) {
            let after = try merge(applied, into: before, owner: owner(manager, .apply), force: true)
            return try comparison(before.live, after.live)
        } catch { throw error.apiError }
    }

    /// An object without its entries, and those.
    struct State {
        var live: TypedValue
        var managed: ManagedFields
    }

    private func check(_ applied: Value) throws(APIError) {
        let found = GroupVersionKind(
            apiVersion: applied["apiVersion"]?.stringValue ?? "", kind: applied["kind"]?.stringValue ?? "")
        guard found == kind else { throw .badRequest("invalid object type: \(found)") }
        guard applied["metadata"]?["managedFields"]?.isNull ?? true else {
            throw .badRequest("metadata.managedFields must be nil")
        }
    }

    /// The object that is applied to. What fields it has already belong to nobody in particular.
    private func state(of live: Value?, at time: Timestamp) throws(APIError) -> State {
        guard let live else { return State(live: typed(nothing), managed: ManagedFields()) }
        var managed: ManagedFields
        do throws(KubeModelError) { managed = try ManagedFields(of: live) } catch {
            throw .plain("failed to decode managed fields: \(error)")
        }
        if managed.entries.isEmpty {
            do throws(TypedFault) {
                managed = try update(
                    managed, live: nothing, new: live, owner: owner("before-first-apply", .update), at: time)
            } catch {
                throw .plain("failed to create manager for existing fields: \(error)")
            }
        }
        return State(live: typed(live), managed: managed)
    }

    private func merge(
        _ applied: Value, into state: State, owner: ManagedFields.Owner, force: Bool
    ) throws(ApplyFault) -> State {
        let configuration = TypedValue(applied, type)
        do throws(TypedFault) { try configuration.validate(allowsDuplicates: false) } catch {
            throw .failure(
                .plain("failed to create typed patch object (\(description(of: applied))): \(error)"))
        }
        do throws(TypedFault) { try state.live.validate(allowsDuplicates: true) } catch {
            let name = description(of: state.live.value)
            throw .failure(.plain("failed to create typed live object (\(name)): \(error)"))
        }
        var managed = current(state.managed)
        let previous = managed.entries[owner]
        let merged: TypedValue
        do throws(TypedFault) { merged = try state.live.merging(configuration) } catch {
            throw .failure(.plain("failed to merge config: \(error)"))
        }
        let result: TypedValue
        do throws(TypedFault) {
            let fields = resetFields.apply(to: try configuration.fieldSet())
            managed.entries[owner] = ManagedFields.Ownership(
                fields: fields, apiVersion: kind.apiVersion, time: previous?.time)
            result = try pruned(merged, dropped: previous?.fields ?? FieldSet(), managed: managed)
        } catch {
            throw .failure(.plain("failed to prune fields: \(error)"))
        }
        let change = try comparison(state.live, result)
        let conflicts = takeFields(changedBy: change, from: &managed, exceptFrom: owner)
        if !force, !conflicts.isEmpty { throw ApplyFault(conflicts) }
        managed.strip(Self.neverOwned, from: owner)
        return State(live: result, managed: managed)
    }

    private func comparison(_ old: TypedValue, _ new: TypedValue) throws(ApplyFault) -> Comparison {
        do throws(TypedFault) { return try old.comparison(with: new).filtered(by: resetFields) } catch {
            throw .failure(.plain("failed to compare objects: \(error)"))
        }
    }

    /// The merged object without the fields that only the applier owned and no longer lists.
    ///
    /// - Parameter dropped: everything the applier owned before; what it or others own now is kept.
    private func pruned(
        _ merged: TypedValue, dropped: FieldSet, managed: ManagedFields
    ) throws(TypedFault) -> TypedValue {
        if dropped.isEmpty { return merged }
        let dropped = dropped.ensuringNamedFields(type)
        let mergedFields = try merged.fieldSet().ensuringNamedFields(type)
        let remaining = try merged.removing(dropped).fieldSet().ensuringNamedFields(type)
        let owned = managed.entries.values.reduce(FieldSet()) { $0.union($1.fields) }.ensuringNamedFields(
            type)
        let kept = merged.removing(mergedFields.subtracting(remaining.union(owned)))
        // Fields that went along with an owned parent but were never the applier's stay.
        let keptFields = try kept.fieldSet().ensuringNamedFields(type)
        return merged.removing(mergedFields.subtracting(keptFields).intersection(dropped))
    }

    /// `namespace/name; kind`, as upstream's messages name an object.
    private func description(of object: Value) -> String {
        let metadata = object["metadata"]
        let kind = GroupVersionKind(object) ?? kind
        return "\(metadata?["namespace"]?.stringValue ?? "")/\(metadata?["name"]?.stringValue ?? ""); \(kind)"
    }
}

extension ManagedFields {
    /// Takes fields from an owner, and forgets it where nothing is left.
    fileprivate mutating func strip(_ fields: FieldSet, from owner: Owner) {
        guard let ownership = entries[owner] else { return }
        let left = ownership.fields.subtracting(fields)
        entries[owner]?.fields = left
        if left.isEmpty { entries[owner] = nil }
    }
}
