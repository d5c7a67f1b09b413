public import Manifest

extension FieldManager {
    /// The object with the ownership that a create, replace or patch leaves behind.
    ///
    /// Who changes a field becomes its owner, together with those who own it and agree; who sets a field to the
    /// value it has does not. Entries that the new object brings along are taken over, an empty list (or `[{}]`)
    /// clears them, and subresources cannot change them.
    ///
    /// - Parameters:
    ///   - live: the object as it is, nil on creation.
    ///   - new: the object as it shall be, defaulted.
    ///   - manager: who asks, see ``name(explicit:userAgent:)``.
    ///   - time: when.
    public func update(live: Value?, new: Value, manager: String, at time: Timestamp) -> Value {
        var result = new
        result.set(nil, at: ["metadata", "managedFields"])
        var managed = self.managed(live: live, new: new)
        // Objects from before fields were tracked stay untracked until somebody applies.
        if live == nil || !managed.entries.isEmpty {
            do throws(TypedFault) {
                managed = try update(
                    managed, live: live ?? nothing, new: new, owner: owner(manager, .update), at: time)
            } catch {
                // An object that does not fit its schema is for validation to refuse; the owners stay.
                result.set(live?["metadata"]?["managedFields"], at: ["metadata", "managedFields"])
                return result
            }
        }
        managed.write(to: &result)
        return result
    }

    /// The entries that the change starts from.
    private func managed(live: Value?, new: Value) -> ManagedFields {
        let ofLive = live.flatMap { try? ManagedFields(of: $0) } ?? ManagedFields()
        if !subresource.isEmpty { return ofLive }
        if ManagedFields.isReset(by: new) { return ManagedFields() }
        // Clients that do not know the field drop it unawares.
        guard let ofNew = try? ManagedFields(of: new), !ofNew.entries.isEmpty else { return ofLive }
        return ofNew
    }

    /// The entries after somebody made `new` of `live`.
    func update(
        _ managed: ManagedFields, live: Value, new: Value, owner: ManagedFields.Owner, at time: Timestamp
    ) throws(TypedFault) -> ManagedFields {
        let (old, typed) = (typed(live), typed(new))
        try typed.validate(allowsDuplicates: true)
        try old.validate(allowsDuplicates: true)
        let full = try old.comparison(with: typed)
        let comparison = full.filtered(by: resetFields)

        var managed = current(managed)
        // The changed fields are gathered apart, so that an owner's own entry tells whether it changed anything.
        _ = takeFields(changedBy: comparison, from: &managed, exceptFrom: Self.nobody)
        let changed = comparison.modified.union(comparison.added).subtracting(Self.neverOwned)
        if !changed.isEmpty {
            let previous = managed.entries[owner]?.fields ?? FieldSet()
            managed.entries[owner] = ManagedFields.Ownership(
                fields: previous.union(changed), apiVersion: kind.apiVersion, time: time)
        }
        managed.mergeOldUpdates(limit: Self.maximumUpdateEntries)
        return managed
    }

    private static let nobody = ManagedFields.Owner(
        manager: "current-operation", operation: .update, apiVersion: "")

    /// The name a client is tracked by: the `fieldManager` it asked for, else the product of its user agent.
    public static func name(explicit: String?, userAgent: String?) -> String {
        if let explicit, !explicit.isEmpty { return explicit }
        guard let product = userAgent?.split(separator: "/", omittingEmptySubsequences: false).first else {
            return ""
        }
        // A manager's name has at most 128 characters, and only printable ones.
        var name = String.UnicodeScalarView()
        for scalar in product.unicodeScalars where GoFormat.isPrintable(scalar) {
            if String(name).utf8.count + UTF8.width(scalar) > 128 { break }
            name.append(scalar)
        }
        return String(name)
    }
}

extension ManagedFields {
    /// Puts the oldest entries of updates together until there are at most `limit`.
    ///
    /// Each version has one such entry, whose manager is called `ancient-changes`.
    mutating func mergeOldUpdates(limit: Int) {
        var updates = entries.filter { $0.key.operation == .update }
        if updates.count <= limit { return }
        let oldestFirst = updates.sorted { left, right in
            let (time, other) = (left.value.time?.seconds ?? 0, right.value.time?.seconds ?? 0)
            return time != other ? time < other : left.key.sortKey.byteOrder(to: right.key.sortKey) < 0
        }
        var firstOfVersion: [String: Owner] = [:]
        for (owner, ownership) in oldestFirst where updates.count > limit {
            let version = ownership.apiVersion
            guard let first = firstOfVersion[version] else {
                firstOfVersion[version] = owner
                continue
            }
            let bucket = Owner(manager: "ancient-changes", operation: .update, apiVersion: version)
            if owner == bucket { continue }
            var old = updates[bucket] ?? updates.removeValue(forKey: first) ?? ownership
            old.fields = old.fields.union(ownership.fields)
            old.time = ownership.time
            updates[bucket] = old
            updates[owner] = nil
        }
        entries = entries.filter { $0.key.operation == .apply }.merging(updates) { $1 }
    }
}

extension ManagedFields.Owner {
    /// The text upstream identifies an entry by, which decides the order of equally old ones.
    var sortKey: String {
        var object: Object = ["manager": .string(manager), "operation": .string(operation.rawValue)]
        if !apiVersion.isEmpty { object["apiVersion"] = .string(apiVersion) }
        if !subresource.isEmpty { object["subresource"] = .string(subresource) }
        return GoJSON.text(of: .object(object))
    }
}
