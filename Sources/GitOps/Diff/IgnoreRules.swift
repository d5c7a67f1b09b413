import KubeModel
public import Manifest

/// The differences that do not count: an application's `ignoreDifferences`.
///
/// As in Argo CD, group and kind are globs, name and namespace are exact, and a pointer that leads to nothing is passed
/// over. `jqPathExpressions` are refused where the application is read.
public struct IgnoreRules: Sendable {
    private struct Rule: Sendable {
        let group: Glob
        let kind: Glob
        let name: String
        let namespace: String
        let pointers: [JSONPointer]
        let managers: Set<String>
    }

    private let rules: [Rule]

    /// Reads the entries of `spec.ignoreDifferences`; a pointer that is no JSON pointer is passed over.
    public init(_ entries: [Value] = []) {
        rules = entries.map { entry in
            let pointers = (entry["jsonPointers"]?.arrayValue ?? []).compactMap { text in
                text.stringValue.flatMap { try? JSONPointer($0) }
            }
            let managers = (entry["managedFieldsManagers"]?.arrayValue ?? []).compactMap(\.stringValue)
            return Rule(
                group: Glob(entry["group"]?.stringValue ?? ""), kind: Glob(entry["kind"]?.stringValue ?? ""),
                name: entry["name"]?.stringValue ?? "", namespace: entry["namespace"]?.stringValue ?? "",
                pointers: pointers, managers: Set(managers))
        }
    }

    /// The fields of an object that do not count.
    struct Fields: Sendable {
        let pointers: [JSONPointer]
        let managers: Set<String>

        var isEmpty: Bool { pointers.isEmpty && managers.isEmpty }

        /// Takes the fields out of an object.
        ///
        /// - Parameter owned: the fields that the managers own in the live object.
        func remove(from object: inout Value, owned: [[PathElement]]) {
            for pointer in pointers { object.remove(pointer.tokens[...]) }
            for path in owned { object.remove(path[...]) }
        }

        /// Puts the live object's values into a target where they do not count, as `RespectIgnoreDifferences` asks:
        /// what others decide is then neither undone nor taken away. The status is never taken over.
        func restore(in target: inout Value, from live: Value, owned: [[PathElement]]) {
            for pointer in pointers where pointer.tokens.first != "status" {
                guard let value = live[pointer] else { continue }
                target.place(value, pointer.tokens[...])
            }
            for path in owned where path.first != .field("status") { target.take(path[...], from: live) }
        }

        /// The leaves that the managers own in an object.
        func paths(ownedIn live: Value) -> [[PathElement]] {
            guard !managers.isEmpty, let managed = try? ManagedFields(of: live) else { return [] }
            return managed.entries.filter { managers.contains($0.key.manager) }
                .flatMap { $0.value.fields.leaves.paths }
        }
    }

    /// The fields of the object of a key that do not count.
    func fields(of key: ResourceKey) -> Fields {
        let matching = rules.filter { rule in
            rule.group.matches(key.group) && rule.kind.matches(key.kind)
                && (rule.name.isEmpty || rule.name == key.name)
                && (rule.namespace.isEmpty || rule.namespace == key.namespace)
        }
        return Fields(
            pointers: matching.flatMap(\.pointers),
            managers: matching.reduce(into: []) { $0.formUnion($1.managers) })
    }
}

extension Value {
    /// Removes what a pointer leads to; of a list the item goes, as in a JSON patch.
    fileprivate mutating func remove(_ tokens: ArraySlice<String>) {
        guard let token = tokens.first else { return }
        let rest = tokens.dropFirst()
        switch self {
        case .object:
            if rest.isEmpty {
                self[token] = nil
            } else if self[token] != nil {
                self[token]?.remove(rest)
            }
        case .array(var items):
            guard let index = JSONPointer.index(token), items.indices.contains(index) else { return }
            if rest.isEmpty { items.remove(at: index) } else { items[index].remove(rest) }
            self = .array(items)
        default: return
        }
    }

    /// Puts a value where a pointer leads, as far as the way there exists.
    fileprivate mutating func place(_ value: Value, _ tokens: ArraySlice<String>) {
        guard let token = tokens.first else {
            self = value
            return
        }
        let rest = tokens.dropFirst()
        switch self {
        case .array(var items):
            guard let index = JSONPointer.index(token), items.indices.contains(index) else { return }
            items[index].place(value, rest)
            self = .array(items)
        case .object: self[token, default: .emptyObject].place(value, rest)
        default: return
        }
    }

    /// Removes the field of a path; nothing where there is none.
    fileprivate mutating func remove(_ path: ArraySlice<PathElement>) {
        guard let element = path.first else { return }
        let rest = path.dropFirst()
        if case .field(let name) = element {
            guard self[name] != nil else { return }
            if rest.isEmpty { self[name] = nil } else { self[name]?.remove(rest) }
            return
        }
        guard case .array(var items) = self, let index = items.firstIndex(where: { $0.isNamed(element) })
        else { return }
        if rest.isEmpty { items.remove(at: index) } else { items[index].remove(rest) }
        self = .array(items)
    }

    /// Takes the value at a path from another object where this one has the way to it.
    fileprivate mutating func take(_ path: ArraySlice<PathElement>, from other: Value) {
        guard let element = path.first else {
            self = other
            return
        }
        let rest = path.dropFirst()
        if case .field(let name) = element {
            guard let theirs = other[name] else { return }
            if rest.isEmpty {
                self[name] = theirs
            } else {
                self[name, default: .emptyObject].take(rest, from: theirs)
            }
            return
        }
        guard case .array(var items) = self, let index = items.firstIndex(where: { $0.isNamed(element) }),
            let theirs = other.arrayValue?.first(where: { $0.isNamed(element) })
        else { return }
        items[index].take(rest, from: theirs)
        self = .array(items)
    }

    /// Whether an item of a list is the one that an element of a path names.
    fileprivate func isNamed(_ element: PathElement) -> Bool {
        switch element {
        case .key(let fields): fields.allSatisfy { self[$0.name] == $0.value }
        case .value(let value): self == value
        case .field, .index: false
        }
    }
}
