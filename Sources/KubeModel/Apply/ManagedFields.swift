public import Manifest

/// Who owns which fields of an object: its `metadata.managedFields`.
public struct ManagedFields: Sendable, Hashable {
    /// How fields come to be owned.
    public enum Operation: String, Sendable, Hashable {
        case apply = "Apply"
        case update = "Update"
    }

    /// What tells one entry from another.
    ///
    /// Somebody who applies has one entry a subresource, whatever version they apply in; somebody who updates has
    /// one a version.
    public struct Owner: Sendable, Hashable {
        /// Who, as they called themselves: `kubectl`.
        public let manager: String
        /// Whether they applied a configuration or changed the object otherwise.
        public let operation: Operation
        /// The version of updates; empty for applied configurations.
        public let apiVersion: String
        /// The subresource written to, empty for the object itself.
        public let subresource: String

        /// The version of an applier is dropped, as it does not tell entries apart.
        public init(manager: String, operation: Operation, apiVersion: String, subresource: String = "") {
            self.manager = manager
            self.operation = operation
            self.apiVersion = operation == .apply ? "" : apiVersion
            self.subresource = subresource
        }
    }

    /// What an owner owns.
    public struct Ownership: Sendable, Hashable {
        /// The fields that the owner owns.
        public internal(set) var fields: FieldSet
        /// The version whose field names ``fields`` uses.
        public internal(set) var apiVersion: String
        /// When the owner last changed the object, nil where only the ownership changed.
        public internal(set) var time: Timestamp?
    }

    /// The entries by their owners.
    public internal(set) var entries: [Owner: Ownership]

    /// No entries.
    public init() { entries = [:] }

    /// Reads the entries of an object's `metadata.managedFields`.
    ///
    /// - Throws: ``KubeModelError`` with code `invalidManagedFields` where an entry is malformed.
    public init(of object: Value) throws(KubeModelError) {
        self.init()
        guard let list = object["metadata"]?["managedFields"], !list.isNull else { return }
        guard let items = list.arrayValue else {
            throw KubeModelError(.invalidManagedFields, "managedFields must be a list")
        }
        for (index, item) in items.enumerated() { try add(item, at: index) }
    }

    private mutating func add(_ item: Value, at index: Int) throws(KubeModelError) {
        guard let operation = item["operation"]?.stringValue.flatMap(Operation.init(rawValue:)) else {
            throw KubeModelError(.invalidManagedFields, "operation must be `Apply` or `Update`")
        }
        guard let apiVersion = item["apiVersion"]?.stringValue, !apiVersion.isEmpty else {
            throw KubeModelError(.invalidManagedFields, "apiVersion must not be empty")
        }
        let fieldsType = item["fieldsType"]?.stringValue ?? ""
        guard fieldsType == "FieldsV1" else {
            throw KubeModelError(
                .invalidManagedFields,
                fieldsType.isEmpty
                    ? "missing fieldsType in managed fields entry \(index)"
                    : "invalid fieldsType \(GoFormat.quoted(fieldsType)) in managed fields entry \(index)")
        }
        let owner = Owner(
            manager: item["manager"]?.stringValue ?? "", operation: operation, apiVersion: apiVersion,
            subresource: item["subresource"]?.stringValue ?? "")
        entries[owner] = Ownership(
            fields: try FieldSet(fieldsV1: item["fieldsV1"] ?? .emptyObject), apiVersion: apiVersion,
            time: item["time"]?.stringValue.flatMap { Timestamp(rfc3339: $0) })
    }

    /// The entries as `metadata.managedFields` lists them: by operation, then by age, then by name.
    public var value: Value {
        let sorted = entries.sorted { left, right in
            let (one, other) = (left.key, right.key)
            if one.operation != other.operation { return one.operation.rawValue < other.operation.rawValue }
            let (time, otherTime) = (left.value.time?.seconds ?? 0, right.value.time?.seconds ?? 0)
            if time != otherTime { return time < otherTime }
            for (name, otherName) in [
                (one.manager, other.manager), (left.value.apiVersion, right.value.apiVersion),
                (one.subresource, other.subresource),
            ] where name != otherName {
                return name.byteOrder(to: otherName) < 0
            }
            return false
        }
        return .array(sorted.map { Self.entry($0.key, $0.value) })
    }

    private static func entry(_ owner: Owner, _ ownership: Ownership) -> Value {
        var entry: Object = [
            "manager": .string(owner.manager), "operation": .string(owner.operation.rawValue),
            "apiVersion": .string(ownership.apiVersion),
        ]
        entry["time"] = ownership.time.map { .string($0.rfc3339) }
        entry["fieldsType"] = "FieldsV1"
        entry["fieldsV1"] = ownership.fields.fieldsV1
        if !owner.subresource.isEmpty { entry["subresource"] = .string(owner.subresource) }
        if owner.manager.isEmpty { entry["manager"] = nil }
        return .object(entry)
    }

    /// Puts the entries into an object, or takes `metadata.managedFields` out where there are none.
    func write(to object: inout Value) {
        object.set(entries.isEmpty ? nil : value, at: ["metadata", "managedFields"])
    }
}

extension ManagedFields {
    /// Whether an object asks for its entries to be forgotten: an empty list, or a list of one empty entry.
    static func isReset(by object: Value) -> Bool {
        guard let items = object["metadata"]?["managedFields"]?.arrayValue else { return false }
        return items.isEmpty || (items.count == 1 && items[0].objectValue?.isEmpty == true)
    }

    /// Makes a write that changed nothing but times change nothing at all.
    ///
    /// A request that leaves all fields and owners as they are must not become a new version of the object only
    /// because somebody's entry got a new time.
    ///
    /// - Returns: `new` with the times of `old` where the two are the same apart from them.
    public static func keepingTimes(of old: Value, in new: Value) -> Value {
        guard let oldItems = old["metadata"]?["managedFields"]?.arrayValue,
            let newItems = new["metadata"]?["managedFields"]?.arrayValue,
            oldItems.count == newItems.count, !newItems.isEmpty, oldItems != newItems
        else { return new }
        for (left, right) in zip(oldItems, newItems) {
            var (left, right) = (left, right)
            left["time"] = nil
            right["time"] = nil
            guard left == right else { return new }
        }
        var result = new
        result.set(.array(oldItems), at: ["metadata", "managedFields"])
        return result == old ? result : new
    }
}
