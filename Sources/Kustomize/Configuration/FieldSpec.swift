import KubeModel

/// A path to a field in the objects of some kinds.
struct FieldSpec: Hashable {
    /// The kinds; empty parts stand for anything.
    var gvk: GroupVersionKind
    /// The path as written: names between slashes, `[]` behind one that holds a list.
    let path: String
    /// Whether the field is made where it is missing.
    var creates: Bool
    /// The path in parts.
    let parts: [Part]

    /// One part of a path.
    struct Part: Hashable {
        let name: String
        /// Whether the path says that the field holds a list.
        let isList: Bool
        /// Whether the part can only be the name of a field, not an index or a choice of items.
        let isName: Bool

        init(_ text: String) {
            isList = text.hasSuffix("[]")
            name = isList ? String(text.dropLast(2)) : text
            isName =
                name.utf8.first.map { $0 | 0x20 >= UInt8(ascii: "a") && $0 | 0x20 <= UInt8(ascii: "z") }
                ?? false
        }
    }

    init(
        _ path: String, group: String = "", version: String = "", kind: String = "", creates: Bool = false
    ) {
        gvk = GroupVersionKind(group: group, version: version, kind: kind)
        self.path = path
        self.creates = creates
        parts = FieldPath.split(path, at: "/").map(Part.init)
    }

    /// Whether the objects of a kind have the field.
    func applies(to gvk: GroupVersionKind) -> Bool { gvk.isSelected(by: self.gvk) }

    /// Whether another spec that this one takes in would change nothing.
    fileprivate func isCovered(by other: FieldSpec) -> Bool {
        path == other.path && other.gvk.isSelected(by: gvk)
    }
}

extension FieldSpec: CustomStringConvertible {
    var description: String { "\(gvk.idText):\(creates):\(path)" }
}

extension [FieldSpec] {
    /// Adds a spec unless one like it is there.
    ///
    /// - Throws: `invalidKustomization` where one like it says otherwise about making the field.
    mutating func merge(_ spec: FieldSpec) throws(KustomizeError) {
        guard let present = first(where: { spec.isCovered(by: $0) }) else {
            append(spec)
            return
        }
        guard present.creates == spec.creates else {
            throw KustomizeError(.invalidKustomization, "conflicting fieldspecs")
        }
    }

    mutating func merge(contentsOf specs: [FieldSpec]) throws(KustomizeError) {
        for spec in specs { try merge(spec) }
    }

    /// Sorts by kind, in the order in which upstream applies specs; equal kinds stay in order.
    func sortedByKind() -> [FieldSpec] {
        let keys = map { KindOrder.key($0.gvk) }
        return indices.sorted { keys[$0] == keys[$1] ? $0 < $1 : keys[$0] < keys[$1] }.map { self[$0] }
    }
}

/// The order of kinds in which upstream prints objects and applies specs.
enum KindOrder {
    static let first = [
        "Namespace", "ResourceQuota", "StorageClass", "CustomResourceDefinition", "ServiceAccount",
        "PodSecurityPolicy", "Role", "ClusterRole", "RoleBinding", "ClusterRoleBinding", "ConfigMap",
        "Secret",
        "Endpoints", "Service", "LimitRange", "PriorityClass", "PersistentVolume", "PersistentVolumeClaim",
        "Deployment", "StatefulSet", "CronJob", "PodDisruptionBudget",
    ]
    static let last = ["MutatingWebhookConfiguration", "ValidatingWebhookConfiguration"]

    /// The places of kinds: before zero those that go first, behind it those that go last.
    static func places(first: [String], last: [String]) -> [String: Int] {
        var places: [String: Int] = [:]
        for (place, kind) in first.enumerated() { places[kind] = place - first.count }
        for (place, kind) in last.enumerated() { places[kind] = place + 1 }
        return places
    }

    private static let defaultPlaces = places(first: first, last: last)

    /// What decides between two kinds.
    struct Key: Comparable {
        let place: Int
        let text: String

        static func < (left: Key, right: Key) -> Bool {
            left.place == right.place ? precedesInBytes(left.text, right.text) : left.place < right.place
        }
    }

    static func key(_ gvk: GroupVersionKind) -> Key {
        Key(place: defaultPlaces[gvk.kind] ?? 0, text: text(gvk))
    }

    /// The text by which kinds of one place are ordered.
    static func text(_ gvk: GroupVersionKind) -> String {
        [
            gvk.group.isEmpty ? "~G" : gvk.group, gvk.version.isEmpty ? "~V" : gvk.version,
            gvk.kind.isEmpty ? "~K" : gvk.kind,
        ].joined(separator: "_")
    }
}
